import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const ring = join(import.meta.dirname, 'ring.sh');
/** More than the head of a capture. */
const packets = 'packets '.repeat(4);

let captures: string;

beforeEach(async () => {
  captures = await mkdtemp(join(tmpdir(), 'wirelab-'));
});

afterEach(() => rm(captures, { recursive: true }));

async function have(files: Record<string, string>) {
  for (const [name, content] of Object.entries(files)) await writeFile(join(captures, name), content);
}

/** Runs these lines with the functions of ring.sh. @returns what they print */
async function run(lines: string, files = 3) {
  const env = { ...process.env, HOST: 'server', LAB_CAPTURE_FILES: String(files) };
  const script = `set -eu; . ${ring}; record() { echo "$@"; }; ${lines}`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd: captures, env });
  return stdout;
}

test('only numbered files are listed, the oldest first, also after 9999', async () => {
  const names = ['server.10000.pcap', 'server.9999.pcap', 'server.0008.pcap'];
  await have(Object.fromEntries(names.map((name) => [name, ''])));
  await have({
    'server.pcap': '',
    'client.0001.pcap': '',
    'server.annotated.pcapng': '',
    'server.x.pcap': '',
  });
  expect(await run('numbered')).toBe('server.0008.pcap\nserver.9999.pcap\nserver.10000.pcap\n');
});

test.each([
  ['the first', {}, 'server.0001.pcap'],
  ['the next', { 'server.0007.pcap': '', 'server.0008.pcap': '' }, 'server.0009.pcap'],
  ['one more digit', { 'server.9999.pcap': '' }, 'server.10000.pcap'],
  ['the next with five digits', { 'server.9999.pcap': '', 'server.10010.pcap': '' }, 'server.10011.pcap'],
])('the newest file gets %s number', async (_which, files, name) => {
  await have({ ...files, 'server.pcap': packets });
  await run('lay_aside');
  expect(await readFile(join(captures, name), 'utf8')).toBe(packets);
  expect(await readdir(captures)).not.toContain('server.pcap');
});

test.each([
  ['with only a header', 'x'.repeat(24)],
  ['that was emptied while tcpdump wrote it', '\0'.repeat(200)],
])('a file %s gets no number', async (_what, content) => {
  await have({ 'server.pcap': content });
  await run('lay_aside');
  expect(await readdir(captures)).toEqual([]);
});

test('without a newest file nothing gets a number', async () => {
  await have({ 'server.0001.pcap': packets });
  await run('lay_aside');
  expect(await readdir(captures)).toEqual(['server.0001.pcap']);
});

test.each([
  [3, ['server.9999.pcap', 'server.10000.pcap']],
  [1, []],
])('with %i files, the oldest are removed, by their numbers', async (files, kept) => {
  await have({ 'server.0001.pcap': '', 'server.9999.pcap': '', 'server.10000.pcap': '', 'server.pcap': '' });
  expect(await run('keep_newest', files)).toMatch(/^event removed file server\.0001\.pcap removed 0\n/);
  expect((await readdir(captures)).sort()).toEqual([...kept, 'server.pcap'].sort());
});

describe('the end of a file that', () => {
  const header = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
  const record = Buffer.concat([Buffer.from('00000000000000000400000004000000', 'hex'), Buffer.from('DATA')]);
  const torn = Buffer.concat([header, record, record, record.subarray(0, 18)]);
  /** Replaces capinfos, for a file with two whole packets of 4 bytes each. */
  const capinfos = "capinfos() { printf 'server.pcap\\t2\\t8\\n'; }";

  const trim = async (content: Buffer) => {
    await writeFile(join(captures, 'server.pcap'), content);
    await run(`${capinfos}; trim server.pcap`);
    return readFile(join(captures, 'server.pcap'));
  };

  test('a full disk has cut is removed', async () => {
    expect(await trim(torn)).toEqual(Buffer.concat([header, record, record]));
  });

  test.each([
    ['is whole', Buffer.concat([header, record, record])],
    ['Wireshark has saved', Buffer.concat([Buffer.from('0a0d0d0a', 'hex'), torn])],
    ['is much longer than its packets', Buffer.concat([torn, Buffer.alloc(70_000)])],
  ])('%s stays', async (_what, content) => {
    expect(await trim(content)).toEqual(content);
  });
});
