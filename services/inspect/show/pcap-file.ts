import { type FileHandle, open } from 'node:fs/promises';

/** What there is in a capture file up to its last whole record. */
export interface PcapContents {
  readonly frames: number;
  /** Time of the first frame, in seconds since 1970; undefined when there is none. */
  readonly began: number | undefined;
  /** The file up to its first record. */
  readonly head: Buffer;
  /** Offset behind the last whole record. */
  readonly end: number;
}

/** Octets of the head of a pcap file and of a record's (draft-ietf-opsawg-pcap). */
export const HEAD = 24;
const RECORD = 16;
const CHUNK = 2 ** 20;

/** The first four octets of files that tshark reads: pcap of both orders, with µs or ns, pcapng, and compressed ones. */
const captures = ['a1b2c3d4', 'd4c3b2a1', 'a1b23c4d', '4d3cb2a1', '0a0d0d0a'];
const compressed = ['1f8b', '28b52ffd', '04224d18'];

/** Whether a file begins as a capture does. An empty one does: nothing has been written yet. */
export async function isCapture(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const start = (await file.read(Buffer.alloc(4), 0, 4, 0)).buffer.toString('hex');
    const { size } = await file.stat();
    return size === 0 || captures.includes(start) || compressed.some((magic) => start.startsWith(magic));
  } finally {
    await file.close();
  }
}

/** Goes through the records of a pcap file; undefined when it is no pcap, or has no head yet. */
export async function scanPcap(path: string): Promise<PcapContents | undefined> {
  const file = await open(path);
  try {
    return await scan(file);
  } finally {
    await file.close();
  }
}

async function scan(file: FileHandle): Promise<PcapContents | undefined> {
  const head = Buffer.alloc(HEAD);
  if ((await file.read(head, 0, HEAD, 0)).bytesRead < HEAD) return undefined;
  const magic = captures.indexOf(head.toString('hex', 0, 4));
  if (magic < 0 || magic > 3) return undefined;
  const number = (from: Buffer, at: number) =>
    magic % 2 === 0 ? from.readUInt32BE(at) : from.readUInt32LE(at);
  const { size } = await file.stat();
  const chunk = Buffer.alloc(CHUNK);
  let [frames, end, began] = [0, HEAD, undefined as number | undefined];
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK, end);
    let at = 0;
    while (at + RECORD <= bytesRead) {
      const next = at + RECORD + number(chunk, at + 8);
      if (end + next > size) return { frames, began, head, end: end + at };
      began ??= number(chunk, at) + number(chunk, at + 4) / (magic < 2 ? 1e6 : 1e9);
      frames += 1;
      at = next;
    }
    if (at === 0) return { frames, began, head, end };
    end += at;
  }
}
