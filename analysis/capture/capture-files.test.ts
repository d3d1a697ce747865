import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeProgram } from '../../tests/write-program.ts';
import { CaptureError, findCapture, withoutKeys } from './capture-files.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'captures-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function have(...names: string[]) {
  for (const name of names) await writeFile(join(folder, name), '');
}

test('the capture of a host is all files of its ring, the latest last', async () => {
  await have('server.pcap', 'server.00002.pcap', 'server.00001.pcap', 'client.00003.pcap');
  await have('server.annotated.pcapng', 'server.x.pcap', 'myserver.00001.pcap', 'echo.log');
  const { name, files } = await findCapture('server', folder);
  expect(name).toBe('server');
  expect(files.map((file) => basename(file))).toEqual([
    'server.00001.pcap',
    'server.00002.pcap',
    'server.pcap',
  ]);
});

test('the wire has a capture too', async () => {
  await have('wire.pcap', 'wire.0001.pcap', 'wire.log', 'server.pcap');
  const { name, files } = await findCapture('wire', folder);
  expect(name).toBe('wire');
  expect(files.map((file) => basename(file))).toEqual(['wire.0001.pcap', 'wire.pcap']);
});

test('the files of a ring are sorted by their numbers, with any number of digits', async () => {
  await have('server.pcap', 'server.10000.pcap', 'server.9999.pcap', 'server.10001.pcap', 'server.0010.pcap');
  const { files } = await findCapture('server', folder);
  expect(files.map((file) => basename(file))).toEqual([
    'server.0010.pcap',
    'server.9999.pcap',
    'server.10000.pcap',
    'server.10001.pcap',
    'server.pcap',
  ]);
});

test('a file is a capture with the journals in its folder', async () => {
  await have('own.pcap');
  const path = join(folder, 'own.pcap');
  expect(await findCapture(path, '/elsewhere')).toEqual({ name: 'own.pcap', folder, files: [path] });
});

test.each(['server', 'own'])('the key log beside %s.pcap is found, unless it is empty', async (name) => {
  await have(`${name}.pcap`, 'tls.keys');
  const named = name === 'own' ? join(folder, 'own.pcap') : name;
  const path = join(folder, 'tls.keys');
  expect((await findCapture(named, folder)).keys).toBeUndefined();
  await writeFile(path, 'CLIENT_RANDOM 00 00\n');
  const capture = await findCapture(named, folder);
  expect(capture.keys).toBe(path);
  expect((await withoutKeys(capture)).keys).toBeUndefined();
});

test.each([
  ['server', 'there is no server.pcap'],
  ['wire', 'there is no wire.pcap in the captures folder; cure: make wire'],
  ['/nowhere.pcap', 'allowed: server, client, wire, or the path of a capture file'],
  [tmpdir(), 'allowed: server, client'],
])('there is no capture %s', async (named, problem) => {
  const found = findCapture(named, folder);
  await expect(found).rejects.toThrow(CaptureError);
  await expect(found).rejects.toThrow(problem);
});

test('there is no capture in a missing folder', async () => {
  await expect(findCapture('client', join(folder, 'none'))).rejects.toThrow(CaptureError);
});

test.each([
  ['its end', ''],
  ['an error', "throw new Error('on purpose')"],
  ['another end', 'process.exit(3)'],
])('the copied keys of a capture are removed at %s', async (_end, last) => {
  await have('own.pcapng');
  await writeFile(join(folder, 'own.pcapng'), 'no pcap');
  const work = join(folder, 'tmp');
  await mkdir(work);
  // Extracts a key, and copies a capture without it.
  const script =
    'for to; do :; done; case $1 in --extract*) echo "CLIENT_RANDOM 00 00" >"$to" ;; *) : >"$to" ;; esac';
  writeProgram(join(folder, 'editcap'), `#!/bin/sh\n${script}\n`);
  const program = `
    import { existsSync } from 'node:fs';
    import { findCapture, withoutKeys } from ${JSON.stringify(join(import.meta.dirname, 'capture-files.ts'))};
    const capture = await findCapture(${JSON.stringify(join(folder, 'own.pcapng'))}, '/elsewhere');
    const copy = await withoutKeys(capture);
    console.log(existsSync(capture.keys), existsSync(copy.files[0]));
    ${last}`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, TMPDIR: work },
    encoding: 'utf8',
  });
  expect(stdout).toBe('true true\n');
  expect(await readdir(work)).toEqual([]);
});
