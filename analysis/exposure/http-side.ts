import { type Exposure, exposedByBody, exposedByFields, exposedByHeaders } from './exposed.ts';
import { decodedBody } from './http-body.ts';
import type { Side } from './side.ts';

/** The first line of a request or of an answer (RFC 9112, 3 and 4). */
const START = /^(?:([!#-'*+.^-`|~\w-]{1,40}) (\S+) HTTP\/1\.\d|HTTP\/1\.\d (\d{3})(?: [^\n]*)?)\r?\n/;
/** As much of that line as has come. */
const BEGUN = /^[!-~]*(?: [ -\xff]*)?\r?$/;
/** How many octets of a head and of a body are kept. */
const HEAD_KEPT = 64 * 1024;
const BODY_KEPT = 1024 * 1024;
/** What keeping a part takes beside its octets, about. */
const PART_TAKES = 128;
/** The size of a chunk, with its extensions, or a line of the trailer has no more octets. */
const LINE_KEPT = 4 * 1024;

/** Methods of the requests whose answers have not come. */
export type Asked = string[];

/** How a body ends: with its last octet, with its last chunk, with the connection, or there is none. */
type Framing =
  | { readonly by: 'length'; left: number }
  | { readonly by: 'chunks'; left: number; isLast: boolean }
  | { readonly by: 'close' };

interface Body {
  readonly framing: Framing;
  readonly codings: readonly string[];
  readonly parts: Buffer[];
  kept: number;
}

/** HTTP/1 in one direction: heads and bodies as they are put together, without chunks and codings (RFC 9112). */
export class HttpSide implements Side {
  readonly #asked: Asked;
  #rest: Buffer = Buffer.alloc(0);
  #body: Body | undefined;
  /** What comes is no HTTP, or its middle: only a segment that begins as HTTP does is looked at again. */
  #isLost = false;

  /** @param asked of the connection, for both sides */
  constructor(asked: Asked) {
    this.#asked = asked;
  }

  get kept(): number {
    const { kept, parts } = this.#body ?? { kept: 0, parts: [] };
    return this.#rest.length + kept + parts.length * PART_TAKES;
  }

  take(bytes: Buffer, missing: number): Exposure[] {
    const exposed = missing > 0 ? this.#skip(missing) : [];
    if (this.#isLost && !START.test(bytes.toString('latin1', 0, HEAD_KEPT))) return exposed;
    this.#isLost = false;
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (let found = this.#next(); found; found = this.#next()) exposed.push(...found);
    return exposed;
  }

  end(): Exposure[] {
    const exposed = this.#body ? this.#endBody() : this.#ofHead(this.#rest.toString('latin1'));
    this.#rest = Buffer.alloc(0);
    return exposed;
  }

  /** A body of known length goes on after a gap. Of anything else nobody knows where it goes on. */
  #skip(missing: number): Exposure[] {
    const framing = this.#body?.framing;
    if (framing?.by === 'close') return [];
    if (framing?.by === 'length' && framing.left > missing) {
      framing.left -= missing;
      return [];
    }
    const exposed = this.end();
    this.#isLost = true;
    return exposed;
  }

  /** What is exposed by the next whole thing; undefined until more has come. */
  #next(): Exposure[] | undefined {
    if (this.#isLost || this.#rest.length === 0) return undefined;
    return this.#body ? this.#takeBody(this.#body) : this.#takeHead();
  }

  #takeHead(): Exposure[] | undefined {
    const text = this.#rest.toString('latin1', 0, HEAD_KEPT);
    // A line ending may precede a request (RFC 9112, 2.2).
    const from = /^(?:\r?\n)*/.exec(text)![0].length;
    const blank = /\r?\n\r?\n/.exec(text.slice(from));
    const isHttp = START.test(text.slice(from)) || BEGUN.test(text.slice(from));
    if (!isHttp || (!blank && text.length === HEAD_KEPT)) return this.#lose();
    if (!blank) return undefined;
    const head = text.slice(from, from + blank.index + 2);
    this.#rest = this.#rest.subarray(from + blank.index + blank[0].length);
    this.#body = this.#bodyOf(head);
    const exposed = this.#ofHead(head);
    const { framing } = this.#body ?? {};
    return framing?.by === 'length' && framing.left === 0 ? [...exposed, ...this.#endBody()] : exposed;
  }

  #lose(): undefined {
    this.#isLost = true;
    this.#rest = Buffer.alloc(0);
  }

  /** Of a head that is not whole too, as far as it goes. */
  #ofHead(head: string): Exposure[] {
    const start = START.exec(head);
    if (!start) return [];
    const [line, , target = ''] = start;
    return [...exposedByFields(target), ...exposedByHeaders(head.slice(line.length).split(/\r?\n/))];
  }

  /** The body that follows a head (RFC 9112, 6.3); undefined when there is none. */
  #bodyOf(head: string): Body | undefined {
    const [, method, , status] = START.exec(head)!;
    if (method !== undefined) this.#asked.push(method);
    // An interim answer is not the last one, but for what turns the connection into something else.
    const asked = status === undefined || /^1(?!01)/.test(status) ? undefined : this.#asked.shift();
    if (status !== undefined && (/^(?:1|204|304)/.test(status) || asked === 'HEAD')) return undefined;
    if (asked === 'CONNECT' && status!.startsWith('2')) return undefined;
    const transfer = codingsIn(head, 'transfer-encoding');
    const length = /^content-length:[ \t]*(\d+)[ \t]*\r?$/im.exec(head)?.[1];
    const isChunked = transfer.at(-1) === 'chunked';
    const codings = [...codingsIn(head, 'content-encoding'), ...transfer].filter((one) => one !== 'chunked');
    const framing = isChunked
      ? ({ by: 'chunks', left: 0, isLast: false } as const)
      : length !== undefined
        ? ({ by: 'length', left: Number(length) } as const)
        : ({ by: 'close' } as const);
    if (framing.by === 'close' && status === undefined) return undefined;
    return { framing: { ...framing }, codings, parts: [], kept: 0 };
  }

  #takeBody(body: Body): Exposure[] | undefined {
    const { framing } = body;
    if (framing.by === 'chunks') return this.#takeChunk(body, framing);
    const count = framing.by === 'length' ? Math.min(framing.left, this.#rest.length) : this.#rest.length;
    this.#keep(body, count);
    if (framing.by === 'close') return undefined;
    framing.left -= count;
    return framing.left === 0 ? this.#endBody() : undefined;
  }

  /** A line with the size of a chunk, its octets with the line ending, or a line of the trailer (RFC 9112, 7.1). */
  #takeChunk(body: Body, framing: Framing & { by: 'chunks' }): Exposure[] | undefined {
    if (framing.left > 0) {
      const count = Math.min(framing.left, this.#rest.length);
      this.#keep(body, count);
      framing.left -= count;
      return [];
    }
    const newline = this.#rest.subarray(0, LINE_KEPT).indexOf('\n');
    if (newline < 0) return this.#rest.length < LINE_KEPT ? undefined : this.#loseBody();
    const line = this.#rest.toString('latin1', 0, newline).trim();
    this.#rest = this.#rest.subarray(newline + 1);
    if (framing.isLast) return line === '' ? this.#endBody() : [];
    // The line ending of the chunk before.
    if (line === '') return [];
    const size = /^[0-9a-f]{1,8}(?=$|[ \t;])/i.exec(line);
    if (!size) return this.#loseBody();
    framing.left = Number.parseInt(size[0], 16);
    framing.isLast = framing.left === 0;
    return [];
  }

  #loseBody(): Exposure[] {
    const exposed = this.#endBody();
    this.#lose();
    return exposed;
  }

  #keep(body: Body, count: number): void {
    const part = this.#rest.subarray(0, Math.min(count, BODY_KEPT - body.kept));
    if (part.length > 0) body.parts.push(part);
    body.kept += part.length;
    this.#rest = this.#rest.subarray(count);
  }

  #endBody(): Exposure[] {
    const { parts, codings } = this.#body!;
    this.#body = undefined;
    const bytes = decodedBody(Buffer.concat(parts), codings);
    return bytes ? exposedByBody(bytes) : [];
  }
}

/** The values of a list-based header field, in lower case. */
function codingsIn(head: string, name: string): string[] {
  const lines = head.matchAll(new RegExp(`^${name}:(.*)$`, 'gim'));
  return Array.from(lines, ([, value]) => value!.toLowerCase().split(','))
    .flat()
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'identity');
}
