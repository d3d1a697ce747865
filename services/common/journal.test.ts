import fs from 'node:fs';
import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Journal } from './journal.ts';

type Write = (file: number, bytes: Buffer, offset: number, length?: number) => number;

const READ_BYTES = 64 * 1024;
const { writeSync } = fs;
const short: Write = (file, bytes, offset) => writeSync(file, bytes, offset, 5);

let directory: string;
let path: string;
let journal: Journal;
let write: jest.Spied<Write>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wirelab-'));
  path = join(directory, 'http.log');
  journal = await Journal.open(path);
  write = jest.spyOn(fs as { writeSync: Write }, 'writeSync');
  syncBuiltinESMExports();
});

afterEach(async () => {
  write.mockRestore();
  syncBuiltinESMExports();
  await journal.close();
  await rm(directory, { recursive: true });
});

async function reopen(content: string) {
  await journal.close();
  await writeFile(path, content);
  journal = await Journal.open(path);
}

async function entriesInFile() {
  const content = await readFile(path, 'utf8');
  return content.split(/(?<=\n)/).map((line) => JSON.parse(line));
}

describe('open', () => {
  test('creates a journal whose ids begin at 1', () => {
    expect([journal.nextId(), journal.nextId()]).toEqual([1, 2]);
    expect(journal.torn).toBeUndefined();
  });

  test.each([
    ['short', '{"id":41}\n'],
    ['longer than a read', `{"id":7}\n{"id":41,"text":"${'x'.repeat(3 * READ_BYTES)}"}\n`],
  ])('goes on with the ids after a last line that is %s', async (_length, content) => {
    await reopen(content);
    expect(journal.nextId()).toBe(42);
    expect(journal.torn).toBeUndefined();
  });

  test.each([
    ['behind whole lines', '{"id":1}\n{"id":2}\n', '{"id":3,"text":"€', 3],
    ['alone in its file', '', '{"id":1', 1],
  ])('takes out a torn last line %s, and reports it', async (_where, whole, torn, id) => {
    await reopen(whole + torn);
    expect(journal.torn).toEqual({ bytes: Buffer.byteLength(torn), text: torn });
    expect(await readFile(path, 'utf8')).toBe(whole);
    await journal.append({ id: journal.nextId() });
    expect(await readFile(path, 'utf8')).toBe(`${whole}{"id":${id}}\n`);
  });

  test('takes out a torn last line longer than a read, and reports its size and its beginning', async () => {
    await reopen(`{"id":1}\n${'x'.repeat(3 * READ_BYTES)}`);
    expect(journal.torn).toEqual({ bytes: 3 * READ_BYTES, text: 'x'.repeat(READ_BYTES) });
    expect(await entriesInFile()).toEqual([{ id: 1 }]);
  });

  test.each([
    ['a directory', '.', 'EISDIR'],
    ['a file in a file', 'http.log/http.log', 'ENOTDIR'],
    ['a file in no directory', 'none/http.log', 'ENOENT'],
  ])('fails for %s', async (_kind, name, code) => {
    await expect(Journal.open(join(directory, name))).rejects.toMatchObject({ code });
  });
});

describe('append', () => {
  test('writes nothing before the turn of the event loop ends', async () => {
    const appended = journal.append({ id: 1 });
    await Promise.resolve();
    expect(write).not.toHaveBeenCalled();
    await appended;
    expect(write).toHaveBeenCalledTimes(1);
  });

  test('resolves when a reader sees the entry as a line', async () => {
    await journal.append({ id: 1, text: 'a\nb' });
    expect(await readFile(path, 'utf8')).toBe('{"id":1,"text":"a\\nb"}\n');
  });

  test('keeps 1,000 entries of four turns of the event loop in order, in a write a turn', async () => {
    const entries = Array.from({ length: 1000 }, (_, index) => ({ id: index + 1 }));
    const appended = [];
    for (const entry of entries) {
      appended.push(journal.append(entry));
      if (entry.id % 250 === 0) await new Promise(setImmediate);
    }
    await Promise.all(appended);
    expect(await entriesInFile()).toEqual(entries);
    expect(write).toHaveBeenCalledTimes(4);
  });

  test('fails for the group of a failed write alone, and leaves no part of it behind', async () => {
    const full = new Error('no space left on device');
    await journal.append({ id: 1 });
    write.mockImplementationOnce(short).mockImplementationOnce(() => {
      throw full;
    });
    const group = await Promise.allSettled([journal.append({ id: 2 }), journal.append({ id: 3 })]);
    expect(group).toEqual([
      { status: 'rejected', reason: full },
      { status: 'rejected', reason: full },
    ]);
    await journal.append({ id: 4 });
    expect(await entriesInFile()).toEqual([{ id: 1 }, { id: 4 }]);
  });

  test('goes on where a write stopped short', async () => {
    write.mockImplementationOnce(short);
    await journal.append({ id: 1, text: 'whole' });
    expect(await entriesInFile()).toEqual([{ id: 1, text: 'whole' }]);
  });

  test('fails with the words of the system when the disk is full', async () => {
    const full = await Journal.open('/dev/full');
    await expect(full.append({ id: 1 })).rejects.toMatchObject({ code: 'ENOSPC' });
    await full.close();
  });

  test('writes a whole line after someone emptied the file', async () => {
    await journal.append({ id: 1 });
    await truncate(path, 0);
    await journal.append({ id: 2 });
    expect(await json(await journal.toJsonArray())).toEqual([{ id: 2 }]);
  });
});

test('close waits for the entries under way', async () => {
  journal.append({ id: 1 });
  await journal.close();
  expect(await entriesInFile()).toEqual([{ id: 1 }]);
});

describe('toJsonArray', () => {
  test.each([
    ['an empty file as an empty array', '', '[]'],
    ['an entry a line', '{"id":1}\n{"id":2}\n', '[{"id":1},\n{"id":2}]'],
  ])('gives %s', async (_what, content, array) => {
    await writeFile(path, content);
    expect(await text(await journal.toJsonArray())).toBe(array);
  });

  test.each([-1, 0, 1])('parses when a line ends %d bytes behind the end of a read', async (bytes) => {
    const length = READ_BYTES + bytes - '{"text":""}\n'.length;
    const entries = [{ text: 'x'.repeat(length) }, { id: 2 }, { id: 3 }];
    await Promise.all(entries.map((entry) => journal.append(entry)));
    expect(await json(await journal.toJsonArray())).toEqual(entries);
  });

  test('keeps characters that a read cuts', async () => {
    const entries = Array.from({ length: 1000 }, (_, id) => ({ id, text: 'é€😀'.repeat(30) }));
    await Promise.all(entries.map((entry) => journal.append(entry)));
    expect(await json(await journal.toJsonArray())).toEqual(entries);
  });

  test('leaves out a line whose end is not written yet', async () => {
    await journal.append({ id: 1 });
    await appendFile(path, '{"id":2');
    expect(await json(await journal.toJsonArray())).toEqual([{ id: 1 }]);
  });

  test('fails when the file is gone', async () => {
    await unlink(path);
    await expect(journal.toJsonArray()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('leaves no file open when nobody reads what it gave', async () => {
    const { ino } = await stat(path);
    /** How often the journal is open. */
    const opened = async () => {
      const all = (await readdir('/dev/fd')).map((name) => stat(`/dev/fd/${name}`).catch(() => undefined));
      return (await Promise.all(all)).filter((file) => file?.ino === ino).length;
    };
    const before = await opened();
    const array = await journal.toJsonArray();
    expect(await opened()).toBe(before + 1);
    array.destroy();
    while ((await opened()) > before);
  });
});
