import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { HandedFile, Manifest } from './manifest.ts';
import { MANIFEST } from './names.ts';

/** A file that is handed in: its bytes at the time of the hand-in, also when the ring of captures renames or removes it. */
export interface Opened extends HandedFile {
  readonly file: FileHandle;
}

/** Size and SHA-256 of a file up to its present end. A running lab may add to the file later. `closeAll` closes it. */
export async function openedIn(folder: string, name: string): Promise<Opened> {
  const file = await open(join(folder, name));
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256');
    for await (const chunk of upTo(file, size)) hash.update(chunk);
    return { name, file, bytes: size, sha256: hash.digest('hex') };
  } catch (error) {
    await file.close();
    throw error;
  }
}

export async function closeAll(files: readonly Pick<Opened, 'file'>[]): Promise<void> {
  for (const { file } of files) await file.close();
}

/** Writes the archive, which must not exist yet. Its first file is the manifest. Returns its size and SHA-256. */
export async function writeArchive(
  path: string,
  manifest: Manifest,
  files: readonly Opened[],
): Promise<Pick<HandedFile, 'bytes' | 'sha256'>> {
  const archive = pack();
  const hash = createHash('sha256');
  let bytes = 0;
  const counting = new PassThrough().on('data', (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  const written = pipeline(
    archive as unknown as NodeJS.ReadableStream,
    createGzip(),
    counting,
    createWriteStream(path, { flags: 'wx' }),
  );
  const all = Promise.all([written, fill(archive, manifest, files)]);
  await all;
  return { bytes, sha256: hash.digest('hex') };
}

async function fill(archive: ReturnType<typeof pack>, manifest: Manifest, files: readonly Opened[]) {
  const mtime = new Date(manifest.made);
  archive.entry({ name: MANIFEST, mtime }, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const { name, file, bytes } of files) {
    const entry = archive.entry({ name, size: bytes, mtime });
    await pipeline(upTo(file, bytes), entry as unknown as NodeJS.WritableStream);
  }
  archive.finalize();
}

function upTo(file: FileHandle, size: number): AsyncIterable<Buffer> {
  return size === 0 ? nothing() : file.createReadStream({ start: 0, end: size - 1, autoClose: false });
}

async function* nothing(): AsyncGenerator<Buffer> {}
