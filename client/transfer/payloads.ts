import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** The data of a transfer, read piece by piece, so that a large file is never in memory as a whole. */
export interface Payloads extends Iterator<Buffer> {
  readonly bytes: number;
  close(): void;
}

/** A file can't be sent. The message is for the person who asked for it. */
export class UnreadableError extends Error {
  readonly code = 'LAB_UNREADABLE';
}

/** Bytes in one read of a file. */
const BLOCK = 64 * 1024;

/**
 * The bytes of a file, in pieces.
 *
 * @throws UnreadableError
 */
export function payloadsOfFile(path: string, size: number): Payloads {
  try {
    const stat = statSync(path);
    // Opening anything else may block: a pipe waits for its writer.
    if (!stat.isFile()) throw new UnreadableError(`${path} is not a file`);
    const file = openSync(path, 'r');
    return payloads(stat.size, piecesOfFile(file, stat.size, size), () => closeSync(file));
  } catch (cause) {
    if (cause instanceof UnreadableError) throw cause;
    throw new UnreadableError(`${path} can't be read: ${(cause as Error).message}`, { cause });
  }
}

/** A text as UTF-8, in pieces. */
export function payloadsOfText(text: string, size: number): Payloads {
  const bytes = Buffer.from(text);
  return payloads(bytes.length, piecesOf(bytes, size));
}

/** Full pieces that each repeat their number, such as `segment 3`, so that a person finds them in a capture. */
export function payloadsByCount(count: number, size: number): Payloads {
  return payloads(count * size, numbered(count, size));
}

function payloads(bytes: number, pieces: Iterator<Buffer>, close: () => void = () => undefined): Payloads {
  return { bytes, next: () => pieces.next(), close };
}

function* piecesOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** When the file becomes shorter meanwhile, the data ends early. When it becomes longer, its new end is not sent. */
function* piecesOfFile(file: number, bytes: number, size: number): Generator<Buffer> {
  const block = Math.ceil(BLOCK / size) * size;
  for (let position = 0; position < bytes; ) {
    const buffer = Buffer.allocUnsafe(Math.min(block, bytes - position));
    const read = readOrThrow(file, buffer, position);
    if (read === 0) return;
    yield* piecesOf(buffer.subarray(0, read), size);
    position += read;
  }
}

function readOrThrow(file: number, buffer: Buffer, position: number): number {
  try {
    return readSync(file, buffer, 0, buffer.length, position);
  } catch (cause) {
    throw new UnreadableError(`the file can't be read to its end: ${(cause as Error).message}`, { cause });
  }
}

function* numbered(count: number, size: number): Generator<Buffer> {
  for (let number = 1; number <= count; number += 1) yield Buffer.alloc(size, `segment ${number}\n`);
}
