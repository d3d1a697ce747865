import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { FlagName } from '../../analysis/sheets/grading/flags.ts';

/** A file that a hostile student hands in, and the flag that it must get. */
interface Bomb {
  readonly name: string;
  readonly flag: FlagName;
  readonly write: (path: string) => Promise<void>;
}

type Pack = ReturnType<typeof pack>;

const MIB = 2 ** 20;

export const bombs: readonly Bomb[] = [
  {
    name: 'gzip-bomb',
    flag: 'too-large',
    write: (path) => packed(path, (archive) => zeros(archive, 'server.pcap', 150)),
  },
  {
    name: 'long-line',
    flag: 'too-large',
    write: (path) => packed(path, (archive) => zeros(archive, 'http.log', 500)),
  },
  {
    name: 'path-traversal',
    flag: 'strange-archive',
    write: (path) =>
      packed(path, (archive) => {
        archive.entry({ name: 'sheet.json' }, '{}');
        archive.entry({ name: 'server.pcap', type: 'symlink', linkname: '/etc/passwd' });
        archive.entry({ name: '../../../../grades/owned' }, 'owned');
      }),
  },
];

async function packed(path: string, fill: (archive: Pack) => Promise<void> | void): Promise<void> {
  const archive = pack();
  const written = pipeline(
    archive as unknown as NodeJS.ReadableStream,
    createGzip({ level: 1 }),
    createWriteStream(path),
  );
  await fill(archive);
  archive.finalize();
  await written;
}

async function zeros(archive: Pack, name: string, mebibytes: number): Promise<void> {
  const entry = archive.entry({ name, size: mebibytes * MIB });
  const one = Buffer.alloc(MIB);
  async function* all() {
    for (let count = 0; count < mebibytes; count += 1) yield one;
  }
  await pipeline(all(), entry as unknown as NodeJS.WritableStream);
}
