import type { Said, Speaker } from './connections.ts';
import type { HttpTold } from './frames.ts';
import { type HttpEvent, HttpReader } from './http-reader.ts';

const NONE: readonly string[] = [];
export const NOTHING_TOLD: HttpTold = { requests: NONE, begin: undefined, codes: NONE };

interface Side {
  readonly reader: HttpReader;
  /** The frame in which the message began that is not whole yet. */
  begin: number | undefined;
  /** What was told since its last frame. */
  requests: string[];
  codes: string[];
  begins: (number | undefined)[];
}

/** Tells the requests and responses of one connection in the frames that complete them. */
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

  /** @param said by both sides, as far as the frame tells; what the other side said before is told with its next frame */
  take(
    number: number,
    by: Speaker,
    said: readonly Pick<Said, 'by' | 'bytes' | 'missing' | 'frame'>[],
  ): HttpTold {
    for (const piece of said) this.#read(this.#sides[piece.by], piece);
    const own = this.#sides[by];
    const { requests, codes, begins } = own;
    if (requests.length === 0 && codes.length === 0) return NOTHING_TOLD;
    Object.assign(own, { requests: [], codes: [], begins: [] });
    return { requests, codes, begin: requests.length > 0 && begins[0] !== number ? begins[0] : undefined };
  }

  #read(side: Side, { bytes, missing, frame }: Pick<Said, 'bytes' | 'missing' | 'frame'>): void {
    const begun = side.reader.isInside && missing === 0 ? side.begin : undefined;
    let begin = begun ?? frame.number;
    for (const event of side.reader.take(bytes, missing)) {
      if (tell(side, event, begin)) begin = frame.number;
    }
    side.begin = begin;
  }
}

/** Takes down what is complete; false when nothing is. A response that ends with its connection is, with its head. */
function tell(side: Side, event: HttpEvent, begin: number): boolean {
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
