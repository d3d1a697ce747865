import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pack } from 'tar-stream';
import { isSigned, manifestIn, signedManifest } from './manifest.ts';
import { readArchive } from './read-archive.ts';
import { closeAll, openedIn, writeArchive } from './write-archive.ts';

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hand-in-'));
  out = join(folder, 'out');
  await mkdir(out);
});
afterEach(() => rm(folder, { recursive: true }));

const { privateKey } = generateKeyPairSync('ed25519');
const assignment = { sheet: 'echo', course: 'c', student: 'dave', nonce: '1', language: 'en' } as const;

type Header = Parameters<ReturnType<typeof pack>['entry']>[0];

/** A tar of these entries. */
async function tarOf(...entries: readonly [header: Header, content?: string | Buffer][]): Promise<Buffer> {
  const archive = pack();
  for (const [header, content = ''] of entries) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as unknown as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function read(archive: Buffer) {
  return readArchive(Readable.from([archive]), out);
}

async function readTar(...entries: readonly [header: Header, content?: string | Buffer][]) {
  return read(gzipSync(await tarOf(...entries)));
}

describe('a hand-in', () => {
  test('has after reading what was written into it, signed', async () => {
    await writeFile(join(folder, 'server.pcap'), Buffer.alloc(300_000, 'x'));
    await writeFile(join(folder, 'flow.log'), '');
    const files = await Promise.all(['server.pcap', 'flow.log'].map((name) => openedIn(folder, name)));
    const bare = files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
    const manifest = signedManifest(
      { made: '2026-11-30T12:00:00.000Z', assignment, files: bare },
      privateKey,
    );
    const archive = join(folder, 'echo-dave.tgz');
    const { bytes } = await writeArchive(archive, manifest, files);
    const packed = await readFile(archive);
    expect(packed).toHaveLength(bytes);
    const [first, ...others] = await read(packed);
    expect(first!.name).toBe('manifest.json');
    expect(others).toEqual(bare);
    expect(await readFile(join(out, 'server.pcap'))).toEqual(await readFile(join(folder, 'server.pcap')));
    const again = manifestIn(await readFile(join(out, 'manifest.json'), 'utf8'))!;
    expect(again).toEqual(manifest);
    expect(isSigned(again)).toBe(true);
    expect(isSigned({ ...again, assignment: { ...assignment, student: 'eve' } })).toBe(false);
    expect(isSigned({ ...again, publicKey: 'nonsense' })).toBe(false);
    await expect(writeArchive(archive, manifest, files)).rejects.toThrow('EEXIST');
    await closeAll(files);
  });

  test('has the file that was opened, also after the ring gave its name to another', async () => {
    const path = join(folder, 'server.pcap');
    await writeFile(path, 'older');
    const file = await openedIn(folder, 'server.pcap');
    await rename(path, join(folder, 'server.0001.pcap'));
    await writeFile(path, 'new');
    const manifest = signedManifest({ made: '2026-11-30T12:00:00.000Z', assignment, files: [] }, privateKey);
    await writeArchive(join(folder, 'a.tgz'), manifest, [file]);
    await closeAll([file]);
    await read(await readFile(join(folder, 'a.tgz')));
    expect(await readFile(join(out, 'server.pcap'), 'utf8')).toBe('older');
  });

  test('grows no further than to the size at its opening', async () => {
    const path = join(folder, 'lab.log');
    await writeFile(path, 'one\n');
    const file = await openedIn(folder, 'lab.log');
    await writeFile(path, 'one\ntwo\n');
    const manifest = signedManifest({ made: '2026-11-30T12:00:00.000Z', assignment, files: [] }, privateKey);
    await writeArchive(join(folder, 'a.tgz'), manifest, [file]);
    await closeAll([file]);
    await read(await readFile(join(folder, 'a.tgz')));
    expect(await readFile(join(out, 'lab.log'), 'utf8')).toBe('one\n');
  });
});

describe('an archive that is no hand-in', () => {
  test.each([
    ['an unknown name', { name: 'run.sh' }, 'it has a file that no hand-in has: "run.sh"'],
    ['a way up', { name: '../server.pcap' }, 'it has a file that no hand-in has: "../server.pcap"'],
    ['a path', { name: '/etc/passwd' }, 'it has a file that no hand-in has: "/etc/passwd"'],
    ['a name in a folder', { name: './server.pcap' }, 'it has a file that no hand-in has: "./server.pcap"'],
    ['a link', { name: 'server.pcap', type: 'symlink', linkname: '/etc/passwd' }, 'it has a symlink'],
    ['a hard link', { name: 'server.pcap', type: 'link', linkname: '/etc/passwd' }, 'it has a link'],
    ['a device', { name: 'server.pcap', type: 'character-device' }, 'it has a character-device'],
    ['a folder', { name: 'server.pcap', type: 'directory' }, 'it has a directory'],
  ] as const)('has %s', async (_what, header, message) => {
    await expect(readTar([header])).rejects.toMatchObject({
      fault: 'strange',
      message: expect.stringContaining(message),
    });
    expect(await readdir(out)).toEqual([]);
  });

  test('has a file twice', async () => {
    const twice = readTar([{ name: 'lab.log' }, 'one'], [{ name: 'lab.log' }, 'two']);
    await expect(twice).rejects.toMatchObject({ fault: 'strange', message: 'it has lab.log twice' });
  });

  test('is a bomb', async () => {
    const bomb = readTar([{ name: 'server.pcap' }, Buffer.alloc(20 * 2 ** 20)]);
    await expect(bomb).rejects.toMatchObject({
      fault: 'too-large',
      message: 'it unpacks to more than 150 times its own size',
    });
    const answers = readTar([{ name: 'answers.log' }, Buffer.alloc(2 ** 20 + 1)]);
    await expect(answers).rejects.toMatchObject({ fault: 'too-large' });
    const many = Array.from(
      { length: 60 },
      (_, at) => [{ name: `server.${at}.pcap` }, 'x'] as [Header, string],
    );
    await expect(readTar(...many)).rejects.toMatchObject({ message: 'it has more than 48 files' });
  });

  test('claims a long name of many bytes', async () => {
    const header = { name: 'x'.repeat(5_000) };
    await expect(readTar([header])).rejects.toMatchObject({ fault: 'strange' });
  });

  test('is cut, empty or something else', async () => {
    const whole = gzipSync(await tarOf([{ name: 'lab.log' }, 'x'.repeat(10_000)]));
    const early = { fault: 'unreadable', message: 'it ends too early' };
    await expect(read(whole.subarray(0, -9))).rejects.toMatchObject(early);
    await expect(read(whole.subarray(0, 30))).rejects.toMatchObject(early);
    const tar = await tarOf([{ name: 'lab.log' }, 'x'.repeat(10_000)]);
    await rm(join(out, 'lab.log'), { force: true });
    await expect(read(gzipSync(tar.subarray(0, 5_000)))).rejects.toMatchObject(early);
    await expect(read(Buffer.alloc(0))).rejects.toMatchObject({ fault: 'unreadable' });
    await expect(read(gzipSync(''))).rejects.toMatchObject({ message: 'it has no file' });
    await expect(read(Buffer.from('PK\x03\x04'))).rejects.toMatchObject({ fault: 'unreadable' });
    await expect(read(gzipSync('x'.repeat(2_000)))).rejects.toMatchObject({ fault: 'unreadable' });
  });
});
