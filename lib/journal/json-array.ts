import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Backlog, Waiting } from './backlog.ts';
import { endOfLastLine, NEWLINE, READ_BYTES } from './end-of-file.ts';

/**
 * The lines of a file as the bytes of one JSON array, read piece by piece; what waits to be written to it is its end.
 *
 * @throws what the file system says when the file can't be opened
 */
export async function readJsonArray(path: string, backlog: Backlog): Promise<Readable> {
  const file = await open(path, 'r');
  try {
    const size = await endOfLastLine(file, (await file.stat()).size);
    const array = Readable.from(jsonArray(file, size, backlog.waiting), { objectMode: false });
    // Not left to the generator: one that nobody began to read runs no `finally`.
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
    // latin1 maps bytes to characters one to one, so a character cut by the chunk stays as it is.
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
