import type { SidePiece, Speaker } from './connections.ts';
import type { HttpParts } from './frames.ts';
import { type HttpEvent, HttpReader } from './http-reader.ts';

const NONE: readonly string[] = [];
export const NO_HTTP: HttpParts = { requests: NONE, begin: undefined, codes: NONE };

interface Side {
  readonly reader: HttpReader;
  /** The frame in which the incomplete message began. */
  begin: number | undefined;
  /** Messages that were completed since the side's last frame. */
  requests: string[];
  codes: string[];
  begins: (number | undefined)[];
}

/** Finds the requests and responses of one connection, each in the frame that completes it. */
export class HttpMessages {
  readonly #sides: Readonly<Record<Speaker, Side>>;

  constructor() {
    const asked: string[] = [];
    const side = () => ({
      reader: new HttpReader(asked, { keepsBodies: false }),
      ...{ begin: undefined, requests: [], codes: [], begins: [] },
    });
    this.#sides = { client: side(), server: side() };
  }

  /** @param pieces bytes of both sides that the frame completes; the other side's messages go to its next frame */
  take(
    number: number,
    by: Speaker,
    pieces: readonly Pick<SidePiece, 'by' | 'bytes' | 'missing' | 'frame'>[],
  ): HttpParts {
    for (const piece of pieces) this.#read(this.#sides[piece.by], piece);
    const own = this.#sides[by];
    const { requests, codes, begins } = own;
    if (requests.length === 0 && codes.length === 0) return NO_HTTP;
    Object.assign(own, { requests: [], codes: [], begins: [] });
    return { requests, codes, begin: requests.length > 0 && begins[0] !== number ? begins[0] : undefined };
  }

  #read(side: Side, { bytes, missing, frame }: Pick<SidePiece, 'bytes' | 'missing' | 'frame'>): void {
    const begun = side.reader.isInside && missing === 0 ? side.begin : undefined;
    let begin = begun ?? frame.number;
    for (const event of side.reader.take(bytes, missing)) {
      if (note(side, event, begin)) begin = frame.number;
    }
    side.begin = begin;
  }
}

/** Notes a complete message; false for a part. A response that ends with its connection counts by its head. */
function note(side: Side, event: HttpEvent, begin: number): boolean {
  if (!(event.kind === 'head' ? event.endsWithConnection : event.isWhole)) return false;
  const { method, target, status } = event.head;
  if (status !== undefined) {
    side.codes.push(status);
  } else {
    side.requests.push(`${method} ${target}`);
    side.begins.push(begin);
  }
  return true;
}
