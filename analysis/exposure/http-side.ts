import { type Asked, type HttpEvent, HttpReader } from '#analysis/capture/http-reader.ts';
import { type Exposure, exposedByBody, exposedByFields, exposedByHeaders } from './exposed.ts';
import { decodedBody } from './http-body.ts';
import type { Side } from './side.ts';

/** The exposures of HTTP/1 in one direction, from heads and bodies. */
export class HttpSide implements Side {
  readonly #reader: HttpReader;

  /** @param asked shared by both sides of the connection */
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
