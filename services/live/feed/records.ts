/** A frame in a pcap file. */
export interface Frame {
  /** Seconds since 1970, and nanoseconds. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Seconds since 1970, to the microsecond. */
  readonly time: number;
  /** What was captured of it, and the bytes that it had on the wire. */
  readonly bytes: Buffer;
  readonly length: number;
  readonly linkType: number;
}

const HEAD = 24;
const RECORD_HEAD = 16;
/** The first bytes of a pcap with micro- or nanoseconds, as its own byte order reads them. */
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
/** No frame has more bytes than this. */
const LONGEST = 2 ** 20;
/** The upper bits have other meanings. */
const LINK_TYPE = 0x0fffffff;
/** The most that Wireshark takes of a frame. */
const SNAPSHOT = 2 ** 18;
const EMPTY = Buffer.alloc(0);

interface Form {
  readonly isLittle: boolean;
  /** Parts of a second. */
  readonly parts: number;
  readonly linkType: number;
}

/** Splits the bytes of a pcap file into frames, as they come (draft-ietf-opsawg-pcap). */
export class Records {
  #rest: Buffer = EMPTY;
  #form: Form | undefined;
  /** Why the file can't be read any further: it is no pcap, or damaged. */
  broken: string | undefined;

  /** Takes the next bytes of the file, and returns the frames that are complete. Their bytes are parts of a longer buffer. */
  take(bytes: Buffer): Frame[] {
    const frames: Frame[] = [];
    if (this.broken !== undefined) return frames;
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    if (!this.#form && this.#rest.length >= HEAD) {
      this.#form = formOf(this.#rest);
      at = HEAD;
      if (!this.#form)
        this.broken = `it begins with ${this.#rest.toString('hex', 0, 4)}, and a pcap with a1b2c3d4`;
    }
    for (let frame = this.#frameAt(at); frame; frame = this.#frameAt(at)) {
      at += RECORD_HEAD + frame.bytes.length;
      frames.push(frame);
    }
    // A copy, so that a short rest does not hold a long buffer.
    this.#rest = Buffer.from(this.#rest.subarray(at));
    return frames;
  }

  /** Undefined while a part of it is missing. */
  #frameAt(at: number): Frame | undefined {
    const all = this.#rest;
    if (!this.#form || at + RECORD_HEAD > all.length) return undefined;
    const { isLittle, parts, linkType } = this.#form;
    const [seconds, part, captured, length] = [0, 4, 8, 12].map((field) =>
      isLittle ? all.readUInt32LE(at + field) : all.readUInt32BE(at + field),
    ) as [number, number, number, number];
    if (captured > LONGEST || part >= parts) {
      this.broken = `a frame of it claims ${captured} bytes, and ${part} of ${parts} parts of a second`;
      return undefined;
    }
    const begin = at + RECORD_HEAD;
    if (begin + captured > all.length) return undefined;
    return {
      seconds,
      nanoseconds: part * (1e9 / parts),
      time: (seconds * 1e6 + Math.floor(part / (parts / 1e6))) / 1e6,
      bytes: all.subarray(begin, begin + captured),
      length,
      linkType,
    };
  }
}

/** Undefined for a file that is no pcap. */
function formOf(head: Buffer): Form | undefined {
  const little = head.readUInt32LE();
  const isLittle = little === MICROSECONDS || little === NANOSECONDS;
  const magic = isLittle ? little : head.readUInt32BE();
  if (magic !== MICROSECONDS && magic !== NANOSECONDS) return undefined;
  const linkType = (isLittle ? head.readUInt32LE(20) : head.readUInt32BE(20)) & LINK_TYPE;
  return { isLittle, parts: magic === MICROSECONDS ? 1e6 : 1e9, linkType };
}

/** The head of a pcap with nanoseconds, for frames of one link type. */
export function pcapHead(linkType: number): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(NANOSECONDS);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(SNAPSHOT, 16);
  head.writeUInt32LE(linkType, 20);
  return head;
}

/** A frame as a record of such a pcap. */
export function pcapRecord({ seconds, nanoseconds, bytes, length }: Frame): Buffer {
  const record = Buffer.alloc(RECORD_HEAD + bytes.length);
  for (const [index, value] of [seconds, nanoseconds, bytes.length, length].entries()) {
    record.writeUInt32LE(value, index * 4);
  }
  bytes.copy(record, RECORD_HEAD);
  return record;
}
