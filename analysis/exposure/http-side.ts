import { type Asked, type HttpEvent, HttpReader } from '#analysis/capture/http-reader.ts';
import { type Exposure, exposedByBody, exposedByFields, exposedByHeaders } from './exposed.ts';
import { decodedBody } from './http-body.ts';
import type { Side } from './side.ts';

/** HTTP/1 in one direction: what its heads and bodies expose. */
export class HttpSide implements Side {
  readonly #reader: HttpReader;

  /** @param asked of the connection, for both sides */
  constructor(asked: Asked) {
    this.#reader = new HttpReader(asked, { keepsBodies: true });
  }

  get kept(): number {
    return this.#reader.kept;
  }

  take(bytes: Buffer, missing: number): Exposure[] {
    return this.#reader.take(bytes, missing).flatMap(exposedBy);
  }

  end(): Exposure[] {
    return this.#reader.end().flatMap(exposedBy);
  }
}

function exposedBy(event: HttpEvent): Exposure[] {
  if (event.kind === 'head') {
    const { target = '', lines } = event.head;
    return [...exposedByFields(target), ...exposedByHeaders(lines)];
  }
  const bytes = event.body && decodedBody(event.body.bytes, event.body.codings);
  return bytes ? exposedByBody(bytes) : [];
}
