import { type FileHandle, open } from 'node:fs/promises';

export const NEWLINE = 0x0a;
export const READ_BYTES = 64 * 1024;

/** A last line without a newline, found when a journal was opened: a write was interrupted. */
export interface TornLine {
  readonly bytes: number;
  readonly text: string;
}

/** What a journal's file contained when it was opened. */
export interface Found {
  readonly size: number;
  readonly id: number;
  readonly torn?: TornLine;
}

/** Creates a file of lines, or removes a torn last line from it, so that every line stays readable. */
export async function mendEnd(path: string): Promise<Found> {
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const whole = await endOfLastLine(file, size);
    const id = await lastId(file, whole);
    if (whole === size) return { size, id };
    const tail = Buffer.alloc(Math.min(size - whole, READ_BYTES));
    await file.read(tail, 0, tail.length, whole);
    await file.truncate(whole);
    return { size: whole, id, torn: { bytes: size - whole, text: tail.toString() } };
  } finally {
    await file.close();
  }
}

/** The offset after the last newline; 0 when there is none. */
export async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(READ_BYTES);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - READ_BYTES);
    const { bytesRead } = await file.read(chunk, 0, end - start, start);
    const newline = chunk.lastIndexOf(NEWLINE, bytesRead - 1);
    if (newline >= 0 && newline < bytesRead) return start + newline + 1;
    end = start;
  }
  return 0;
}

/** The id of the last entry; 0 when there is none. Reads only the last line. */
async function lastId(file: FileHandle, whole: number): Promise<number> {
  if (whole === 0) return 0;
  const start = await endOfLastLine(file, whole - 1);
  const line = Buffer.alloc(whole - start);
  await file.read(line, 0, line.length, start);
  try {
    const { id } = JSON.parse(line.toString());
    return Number.isSafeInteger(id) ? id : 0;
  } catch {
    return 0;
  }
}
