/** The first line of a request or of a response (RFC 9112, 3 and 4). */
const START = /^(?:([!#-'*+.^-`|~\w-]{1,40}) (\S+) HTTP\/1\.\d|HTTP\/1\.\d (\d{3})(?: [^\n]*)?)\r?\n/;
/** The beginning of such a line. */
const BEGUN = /^[!-~]*(?: [ -\xff]*)?\r?$/;
/** The most bytes of a head and of a body that are kept. */
const HEAD_KEPT = 64 * 1024;
const BODY_KEPT = 1024 * 1024;
/** About how much memory a part takes besides its bytes. */
const PART_TAKES = 128;
/** The most bytes of a chunk's size line or of a trailer line. */
const LINE_KEPT = 4 * 1024;

/** Methods of the requests that wait for their responses. */
export type Asked = string[];

/** The head of a request, with method and target, or of a response, with a status. */
export interface Head {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly status: string | undefined;
  /** The lines after the first one. */
  readonly lines: readonly string[];
}

/** A head or a message was read, whole or as far as it goes. */
export type HttpEvent =
  | { readonly kind: 'head'; readonly head: Head; readonly endsWithConnection: boolean }
  | {
      readonly kind: 'message';
      readonly head: Head;
      readonly isWhole: boolean;
      readonly body: RawBody | undefined;
    };

/** A body without its chunks, still in its content codings, of which the last must be decoded first (RFC 9110, 8.4.1). */
export interface RawBody {
  readonly bytes: Buffer;
  readonly codings: readonly string[];
}

/** How a body ends: after a length, with its last chunk, or with the connection. */
type Framing =
  | { readonly by: 'length'; remaining: number }
  | { readonly by: 'chunks'; remaining: number; isLast: boolean }
  | { readonly by: 'close' };

interface Body {
  readonly head: Head;
  readonly framing: Framing;
  readonly codings: readonly string[];
  readonly parts: Buffer[];
  kept: number;
}

/** Reads HTTP/1 in one direction of a connection (RFC 9112). It gets each byte once, in order. */
export class HttpReader {
  readonly #asked: Asked;
  readonly #bodyKept: number;
  #rest: Buffer = Buffer.alloc(0);
  #body: Body | undefined;
  /** The bytes are not HTTP, or its middle. Reading resumes at a segment that begins as HTTP does. */
  #isLost = false;

  /** @param asked shared by both directions of the connection */
  constructor(asked: Asked, { keepsBodies }: { readonly keepsBodies: boolean }) {
    this.#asked = asked;
    this.#bodyKept = keepsBodies ? BODY_KEPT : 0;
  }

  /** Bytes of memory for incomplete messages. */
  get kept(): number {
    const { kept, parts } = this.#body ?? { kept: 0, parts: [] };
    return this.#rest.length + kept + parts.length * PART_TAKES;
  }

  /** Whether a message is incomplete. */
  get isInside(): boolean {
    return this.#rest.length > 0 || this.#body !== undefined;
  }

  /** @param missing how many bytes before these were not captured */
  take(bytes: Buffer, missing: number): HttpEvent[] {
    const events = missing > 0 ? this.#skip(missing) : [];
    if (this.#isLost && !START.test(bytes.toString('latin1', 0, HEAD_KEPT))) return events;
    this.#isLost = false;
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (let found = this.#next(); found; found = this.#next()) events.push(...found);
    return events;
  }

  /** No more bytes follow: returns the incomplete message. */
  end(): HttpEvent[] {
    const head = this.#body ? undefined : headOf(this.#rest.toString('latin1'));
    const events = this.#body ? this.#endBody(false) : [];
    this.#rest = Buffer.alloc(0);
    return head ? [{ kind: 'head', head, endsWithConnection: false }] : events;
  }

  /** A body of known length continues after a gap. Anything else is lost. */
  #skip(missing: number): HttpEvent[] {
    const framing = this.#body?.framing;
    if (framing?.by === 'close') return [];
    if (framing?.by === 'length' && framing.remaining > missing) {
      framing.remaining -= missing;
      return [];
    }
    const events = this.end();
    this.#isLost = true;
    return events;
  }

  #next(): HttpEvent[] | undefined {
    if (this.#isLost || this.#rest.length === 0) return undefined;
    return this.#body ? this.#takeBody(this.#body) : this.#takeHead();
  }

  #takeHead(): HttpEvent[] | undefined {
    const text = this.#rest.toString('latin1', 0, HEAD_KEPT);
    // A line ending may precede a request (RFC 9112, 2.2).
    const from = /^(?:\r?\n)*/.exec(text)![0].length;
    const blank = /\r?\n\r?\n/.exec(text.slice(from));
    const isHttp = START.test(text.slice(from)) || BEGUN.test(text.slice(from));
    if (!isHttp || (!blank && text.length === HEAD_KEPT)) return this.#lose();
    if (!blank) return undefined;
    const head = headOf(text.slice(from, from + blank.index + 2));
    this.#rest = this.#rest.subarray(from + blank.index + blank[0].length);
    if (!head) return [];
    this.#body = this.#bodyOf(head);
    const { framing } = this.#body ?? {};
    const begun = { kind: 'head', head, endsWithConnection: framing?.by === 'close' } as const;
    if (!framing) return [begun, { kind: 'message', head, isWhole: true, body: undefined }];
    return framing.by === 'length' && framing.remaining === 0 ? [begun, ...this.#endBody(true)] : [begun];
  }

  #lose(): undefined {
    this.#isLost = true;
    this.#rest = Buffer.alloc(0);
  }

  /** The body that follows a head (RFC 9112, 6.3); undefined without one. */
  #bodyOf(head: Head): Body | undefined {
    const { method, status } = head;
    if (method !== undefined) this.#asked.push(method);
    // The final response follows an interim one, except after 101.
    const asked = status === undefined || /^1(?!01)/.test(status) ? undefined : this.#asked.shift();
    if (status !== undefined && (/^(?:1|204|304)/.test(status) || asked === 'HEAD')) return undefined;
    if (asked === 'CONNECT' && status!.startsWith('2')) return undefined;
    const transfer = codingsIn(head, 'transfer-encoding');
    const codings = [...codingsIn(head, 'content-encoding'), ...transfer].filter((one) => one !== 'chunked');
    const framing = framingOf(head, transfer);
    if (framing.by === 'close' && status === undefined) return undefined;
    return { head, framing, codings, parts: [], kept: 0 };
  }

  #takeBody(body: Body): HttpEvent[] | undefined {
    const { framing } = body;
    if (framing.by === 'chunks') return this.#takeChunk(body, framing);
    const count =
      framing.by === 'length' ? Math.min(framing.remaining, this.#rest.length) : this.#rest.length;
    this.#keep(body, count);
    if (framing.by === 'close') return undefined;
    framing.remaining -= count;
    return framing.remaining === 0 ? this.#endBody(true) : undefined;
  }

  /** Takes a chunk's size line, a chunk's bytes with their line ending, or a trailer line (RFC 9112, 7.1). */
  #takeChunk(body: Body, framing: Framing & { by: 'chunks' }): HttpEvent[] | undefined {
    if (framing.remaining > 0) {
      const count = Math.min(framing.remaining, this.#rest.length);
      this.#keep(body, count);
      framing.remaining -= count;
      return [];
    }
    const newline = this.#rest.subarray(0, LINE_KEPT).indexOf('\n');
    if (newline < 0) return this.#rest.length < LINE_KEPT ? undefined : this.#loseBody();
    const line = this.#rest.toString('latin1', 0, newline).trim();
    this.#rest = this.#rest.subarray(newline + 1);
    if (framing.isLast) return line === '' ? this.#endBody(true) : [];
    // The line ending of the previous chunk.
    if (line === '') return [];
    const size = /^[0-9a-f]{1,8}(?=$|[ \t;])/i.exec(line);
    if (!size) return this.#loseBody();
    framing.remaining = Number.parseInt(size[0], 16);
    framing.isLast = framing.remaining === 0;
    return [];
  }

  #loseBody(): HttpEvent[] {
    const events = this.#endBody(false);
    this.#lose();
    return events;
  }

  #keep(body: Body, count: number): void {
    const part = this.#rest.subarray(0, Math.min(count, this.#bodyKept - body.kept));
    if (part.length > 0) body.parts.push(part);
    body.kept += part.length;
    this.#rest = this.#rest.subarray(count);
  }

  #endBody(isWhole: boolean): HttpEvent[] {
    const { head, parts, codings } = this.#body!;
    this.#body = undefined;
    return [{ kind: 'message', head, isWhole, body: { bytes: Buffer.concat(parts), codings } }];
  }
}

/** A head as far as it goes; undefined without its first line. */
function headOf(text: string): Head | undefined {
  const start = START.exec(text);
  if (!start) return undefined;
  const [line, method, target, status] = start;
  return { method, target, status, lines: text.slice(line.length).split(/\r?\n/) };
}

function framingOf({ lines }: Head, transfer: readonly string[]): Framing {
  if (transfer.at(-1) === 'chunked') return { by: 'chunks', remaining: 0, isLast: false };
  for (const line of lines) {
    const length = /^content-length:[ \t]*(\d+)[ \t]*$/i.exec(line)?.[1];
    if (length !== undefined) return { by: 'length', remaining: Number(length) };
  }
  return { by: 'close' };
}

/** The values of a list-based header field, in lower case. */
function codingsIn({ lines }: Head, name: string): string[] {
  return lines
    .filter((line) => line.toLowerCase().startsWith(`${name}:`))
    .flatMap((line) =>
      line
        .slice(name.length + 1)
        .toLowerCase()
        .split(','),
    )
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'identity');
}
