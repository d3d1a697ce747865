import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Backlog, Waiting } from './backlog.ts';
import { endOfLastLine, NEWLINE, READ_BYTES } from './end-of-file.ts';

/**
 * The lines of a file as the bytes of one JSON array. It is read in chunks, and ends with the entries of the backlog.
 *
 * @throws the error of the file system when the file can't be opened
 */
export async function readJsonArray(path: string, backlog: Backlog): Promise<Readable> {
  const file = await open(path, 'r');
  try {
    const size = await endOfLastLine(file, (await file.stat()).size);
    const array = Readable.from(jsonArray(file, size, backlog.waiting), { objectMode: false });
    // The generator can't close the file: nobody may begin to read it, and then its `finally` does not run.
    return array.once('close', () => file.close());
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* jsonArray(
  file: FileHandle,
  size: number,
  { groups, count }: Waiting,
): AsyncGenerator<Buffer> {
  yield Buffer.from('[');
  let open = false;
  for (let position = 0; position < size; ) {
    const chunk = Buffer.alloc(Math.min(READ_BYTES, size - position));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const whole = chunk[bytesRead - 1] === NEWLINE;
    // latin1 maps each byte to one character, so a character that the chunk cuts in two stays as it is.
    const text = chunk.toString('latin1', 0, whole ? bytesRead - 1 : bytesRead).replaceAll('\n', ',\n');
    yield Buffer.from(open ? `,\n${text}` : text, 'latin1');
    open = whole;
  }
  for (let index = 0; index < count; index += 1) {
    const lines = groups[index]!.lines.trimEnd().replaceAll('\n', ',\n');
    yield Buffer.from(open ? `,\n${lines}` : lines);
    open = true;
  }
  yield Buffer.from(']');
}
