import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeProgram } from '../../tests/write-program.ts';

const script = join(import.meta.dirname, 'archive.sh');
const now = '2025-01-02T030405Z';

let directory: string;
let captures: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wirelab-'));
  captures = join(directory, 'captures');
  await mkdir(captures);
  stopClock(now);
});

afterEach(() => rm(directory, { recursive: true }));

/** Puts a `date` that always prints the same time on the path of the script. */
function stopClock(time: string) {
  const date = `#!/bin/sh\n[ "$*" = '-u +%Y-%m-%dT%H%M%SZ' ] && echo ${time}\n`;
  writeProgram(join(directory, 'date'), date);
}

/** Archives files of a run without a name. */
const archive = (...files: string[]) => archiveAs('', ...files);

async function archiveAs(name: string, ...files: string[]) {
  const env = { ...process.env, PATH: `${directory}${delimiter}${process.env.PATH}` };
  const { stdout, stderr } = await promisify(execFile)('sh', [script, captures, name, ...files], { env });
  return stdout + stderr;
}

async function write(files: Record<string, string>) {
  for (const [name, content] of Object.entries(files)) await writeFile(join(captures, name), content);
}

/** The content of every file of the captures, by path. */
async function tree(): Promise<Record<string, string>> {
  const entries = await readdir(captures, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const files = paths.map(async (path) => [path.slice(captures.length + 1), await readFile(path, 'utf8')]);
  return Object.fromEntries(await Promise.all(files));
}

test('moves the given files to a folder named after the time, and no others', async () => {
  await write({ 'server.pcap': 'one', 'a b.log': 'two', 'client.pcap': 'three' });
  expect(await archive('server.pcap', 'none.pcap', 'a b.log')).toBe(`archive/${now}\n`);
  expect(await tree()).toEqual({
    'client.pcap': 'three',
    [`archive/${now}/server.pcap`]: 'one',
    [`archive/${now}/a b.log`]: 'two',
  });
});

test('names the folder after the run, if the run has a name', async () => {
  await write({ 'server.pcap': 'one' });
  expect(await archiveAs('first-try', 'server.pcap')).toBe(`archive/${now}-first-try\n`);
  expect(await tree()).toEqual({ [`archive/${now}-first-try/server.pcap`]: 'one' });
});

test('prints nothing and makes nothing when none of the files is there', async () => {
  expect(await archive('server.pcap', 'server.*.pcap')).toBe('');
  expect(await readdir(captures)).toEqual([]);
});

test('never overwrites: two runs in one second get two folders', async () => {
  for (const run of ['one', 'two', 'three']) {
    await write({ 'server.pcap': run });
    await archive('server.pcap');
  }
  expect(await tree()).toEqual({
    [`archive/${now}/server.pcap`]: 'one',
    [`archive/${now}+/server.pcap`]: 'two',
    [`archive/${now}++/server.pcap`]: 'three',
  });
});

test('fails with the error of the system when it can not make a folder', async () => {
  stopClock('no/such/directory');
  await write({ 'server.pcap': 'one' });
  await expect(archive('server.pcap')).rejects.toMatchObject({ stderr: expect.stringContaining('mkdir') });
  expect(await tree()).toEqual({ 'server.pcap': 'one' });
});
