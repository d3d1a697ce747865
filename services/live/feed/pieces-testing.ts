import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hosts } from '#lib/lab/hosts.ts';

/** What was written to a file of a run at one moment. */
export interface Piece {
  /** Seconds since 1970. */
  readonly time: number;
  readonly file: string;
  readonly bytes: Buffer;
}

const HEAD = 24;
const RECORD_HEAD = 16;
const JOURNALS = ['http.log', 'echo.log', 'wire.log'];

/** Takes a run apart: its frames and entries in the order of time. Its files must be pcaps with microseconds. */
export function piecesOf(folder: string): Piece[] {
  const entries = JOURNALS.filter((name) => existsSync(join(folder, name))).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ time: timeOf(line), file, bytes: Buffer.from(`${line}\n`) })),
  );
  const frames = hosts.flatMap((host) =>
    framesOf(`${host}.pcap`, readFileSync(join(folder, `${host}.pcap`))),
  );
  // Entries of one millisecond come before its frames, and keep their order.
  return [...entries, ...frames].sort((one, other) => one.time - other.time);
}

/** The files of a run to which nothing was written so far. */
export function beginRun(from: string, to: string): void {
  for (const host of hosts) {
    writeFileSync(join(to, `${host}.pcap`), readFileSync(join(from, `${host}.pcap`)).subarray(0, HEAD));
  }
  writeFileSync(join(to, 'lab.log'), readFileSync(join(from, 'lab.log')));
}

/** The same piece as it is written by a clock that is this many seconds ahead. */
export function ahead({ time, file, bytes }: Piece, seconds: number): Piece {
  if (JOURNALS.includes(file)) {
    const entry = JSON.parse(bytes.toString());
    const timestamp = new Date(Date.parse(entry.timestamp) + 1_000 * seconds).toISOString();
    return { time: time + seconds, file, bytes: Buffer.from(`${JSON.stringify({ ...entry, timestamp })}\n`) };
  }
  const shifted = Buffer.from(bytes);
  shifted.writeUInt32LE(bytes.readUInt32LE(0) + seconds, 0);
  return { time: time + seconds, file, bytes: shifted };
}

export function append({ file, bytes }: Piece, folder: string): void {
  appendFileSync(join(folder, file), bytes);
}

function framesOf(file: string, all: Buffer): Piece[] {
  const pieces: Piece[] = [];
  for (let at = HEAD; at < all.length; ) {
    const length = RECORD_HEAD + all.readUInt32LE(at + 8);
    const time = all.readUInt32LE(at) + all.readUInt32LE(at + 4) / 1e6;
    pieces.push({ time, file, bytes: all.subarray(at, at + length) });
    at += length;
  }
  return pieces;
}

function timeOf(line: string): number {
  return Date.parse(JSON.parse(line).timestamp) / 1000;
}
