import { open } from 'node:fs/promises';

/** A line of wire.log, as far as the bench reads it. */
export interface Entry {
  readonly event?: string;
  readonly packets?: number;
  readonly fault?: string;
  readonly source_port?: number;
}

/** The whole lines of a journal from a place on. */
export async function entriesSince(path: string, from = 0): Promise<Entry[]> {
  const text = (await bytesSince(path, from)).toString();
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}

/** What a file has from a place on. */
export async function bytesSince(path: string, from: number): Promise<Buffer> {
  await using file = await open(path);
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.max(0, size - from));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
  return bytes.subarray(0, bytesRead);
}
