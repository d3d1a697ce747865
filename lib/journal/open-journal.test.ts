import { mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Log } from '#lib/runtime/log.ts';
import { openJournal } from './open-journal.ts';
import type { Entry } from './schema.ts';

let directory: string;
let path: string;
let warnings: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wirelab-'));
  path = join(directory, 'echo.log');
  warnings = [];
});

afterEach(() => rm(directory, { recursive: true }));

function open() {
  const log = { warn: (text: string) => warnings.push(text) } as unknown as Log;
  return openJournal(path, { log, now: () => new Date('2025-01-02T03:04:05.006Z') });
}

test('a note is an entry with time, event and id', async () => {
  const { journal, note } = await open();
  await note('dropped', { protocol: 'udp', datagrams: 3 });
  await journal.close();
  expect(await readFile(path, 'utf8')).toBe(
    '{"timestamp":"2025-01-02T03:04:05.006Z","event":"dropped","id":1,"protocol":"udp","datagrams":3}\n',
  );
  expect(warnings).toEqual([]);
});

test('a torn last line is printed and journaled', async () => {
  await writeFile(path, '{"id":7}\n{"id":8,"me');
  await (await open()).journal.close();
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { id: 7 },
    { timestamp: '2025-01-02T03:04:05.006Z', event: 'torn', id: 8, bytes: 11, text: '{"id":8,"me' },
  ]);
  expect(warnings).toEqual([
    `the last line of ${path} was incomplete: its 11 bytes are now in the event "torn"`,
  ]);
});

test.each([
  ['deleted', () => unlink(path), { state: 'replaced', bytes: 9 }],
  ['emptied', () => truncate(path, 0), { state: 'cut', bytes: 9 }],
])('a journal that was %s records that in an entry', async (_what, change, detail) => {
  const { journal } = await open();
  await journal.append({ id: journal.nextId() } as Entry);
  await change();
  await journal.append({ id: journal.nextId() } as Entry);
  await journal.close();
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const timestamp = '2025-01-02T03:04:05.006Z';
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { id: 2 },
    { timestamp, event: 'journal', id: 3, ...detail },
  ]);
  expect(warnings).toHaveLength(1);
});
