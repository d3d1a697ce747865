import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { limitOf, limits } from './limits.ts';
import type { HandedFile } from './manifest.ts';
import { isExpected } from './names.ts';

/** Why an archive is no hand-in. */
export const archiveFaults = ['unreadable', 'strange', 'too-large'] as const;
export type ArchiveFault = (typeof archiveFaults)[number];

/** An archive is no hand-in. */
export class ArchiveError extends Error {
  readonly code = 'LAB_ARCHIVE';
  readonly fault: ArchiveFault;

  constructor(fault: ArchiveFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/**
 * Reads a hand-in, a tar in gzip, and writes its files to an empty folder. It is hostile until it has been read: only
 * plain files of the expected names are written, each once and without a path, and all within the limits.
 *
 * @throws ArchiveError at the first thing that no hand-in has
 */
export async function readArchive(archive: Readable, folder: string): Promise<HandedFile[]> {
  const files: HandedFile[] = [];
  const unpacked = extract();
  const bounds = new Bounds();
  const written = (async () => {
    for await (const entry of unpacked) {
      files.push(await writeEntry(entry as unknown as Entry, folder, files));
    }
  })();
  // The pipeline ends with the same error, which has the reason.
  written.catch((error) => unpacked.destroy(error));
  const read = pipeline(
    archive,
    bounds.packed(),
    createGunzip(),
    bounds.unpacked(),
    unpacked as unknown as NodeJS.WritableStream,
  );
  const ended = await Promise.allSettled([read, written]);
  const errors = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  const known = errors.find((error) => error instanceof ArchiveError);
  if (known) throw known;
  if (errors.length > 0) throw new ArchiveError('unreadable', whyOf(errors[0]), { cause: errors[0] });
  if (files.length === 0) throw new ArchiveError('unreadable', 'it has no file');
  return files;
}

interface Entry extends Readable {
  readonly header: { readonly name: string; readonly size: number; readonly type: string };
}

async function writeEntry(entry: Entry, folder: string, before: readonly HandedFile[]): Promise<HandedFile> {
  const { name, size, type } = entry.header;
  if (type !== 'file')
    throw new ArchiveError('strange', `it has a ${type} in place of a file: ${shown(name)}`);
  if (!isExpected(name))
    throw new ArchiveError('strange', `it has a file that no hand-in has: ${shown(name)}`);
  if (before.some((file) => file.name === name)) throw new ArchiveError('strange', `it has ${name} twice`);
  if (before.length >= limits.files)
    throw new ArchiveError('too-large', `it has more than ${limits.files} files`);
  if (size > limitOf(name))
    throw new ArchiveError('too-large', `${name} has ${size} bytes; allowed: ${limitOf(name)}`);
  const hash = createHash('sha256');
  let bytes = 0;
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(entry, hashing, createWriteStream(join(folder, name), { flags: 'wx', mode: 0o600 }));
  return { name, bytes, sha256: hash.digest('hex') };
}

/** The most characters of a name that are shown. */
const SHOWN = 100;

function shown(name: string): string {
  return JSON.stringify(name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name);
}

/** Counts what goes into the decompression and what comes out, and stops at the limits. */
class Bounds {
  #in = 0;
  #out = 0;

  packed(): Transform {
    return counting((bytes) => {
      this.#in += bytes;
      if (this.#in > limits.archive)
        return new ArchiveError('too-large', `it has more than ${limits.archive} bytes`);
      return undefined;
    });
  }

  unpacked(): Transform {
    return counting((bytes) => {
      this.#out += bytes;
      if (this.#out > limits.all + OVERHEAD)
        return new ArchiveError('too-large', `it unpacks to more than ${limits.all} bytes`);
      if (this.#out > limits.ratioFrom && this.#out > this.#in * limits.ratio)
        return new ArchiveError('too-large', `it unpacks to more than ${limits.ratio} times its own size`);
      return undefined;
    });
  }
}

/** Bytes of the heads of the files in a tar, at most. */
const OVERHEAD = limits.files * 2_048;

function counting(take: (bytes: number) => Error | undefined): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const error = take(chunk.length);
      if (error) done(error);
      else done(null, chunk);
    },
  });
}

/** Words for the errors of gzip and tar. */
function whyOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR' || message === 'Unexpected end of data') return 'it ends too early';
  if (code?.startsWith('Z_')) return `it is no gzip file, or damaged (${message})`;
  return `it is no tar file, or damaged (${message})`;
}
