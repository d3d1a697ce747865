import fs from 'node:fs';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
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
import { type Timer, timer } from '#lib/runtime/timer.ts';
import { eventually } from '../../tests/eventually.ts';
import { Journal, type JournalEvent } from './journal.ts';

type Write = (file: number, bytes: Buffer, offset: number, length?: number) => number;

/** Tries again at once. */
const soon: Timer = (_, ring) => timer(1, ring);
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
  ])('continues the ids after a last line that is %s', async (_length, content) => {
    await reopen(content);
    expect(journal.nextId()).toBe(42);
    expect(journal.torn).toBeUndefined();
  });

  test.each([
    ['after whole lines', '{"id":1}\n{"id":2}\n', '{"id":3,"text":"€', 3],
    ['alone in its file', '', '{"id":1', 1],
  ])('removes a torn last line %s, and reports it', async (_where, whole, torn, id) => {
    await reopen(whole + torn);
    expect(journal.torn).toEqual({ bytes: Buffer.byteLength(torn), text: torn });
    expect(await readFile(path, 'utf8')).toBe(whole);
    await journal.append({ id: journal.nextId() });
    expect(await readFile(path, 'utf8')).toBe(`${whole}{"id":${id}}\n`);
  });

  test('removes a torn last line longer than a read, and reports its size and its beginning', async () => {
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

  test('continues where a write was incomplete', async () => {
    write.mockImplementationOnce(short);
    await journal.append({ id: 1, text: 'whole' });
    expect(await entriesInFile()).toEqual([{ id: 1, text: 'whole' }]);
  });

  test('writes a whole line after someone emptied the file', async () => {
    await journal.append({ id: 1 });
    await truncate(path, 0);
    await journal.append({ id: 2 });
    expect(await json(await journal.toJsonArray())).toEqual([{ id: 2 }]);
  });
});

describe('while the file can not be written', () => {
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  let events: JournalEvent[];

  beforeEach(async () => {
    await journal.close();
    events = [];
    const onEvent = (event: JournalEvent) => events.push(event);
    journal = await Journal.open(path, { onEvent, timer: soon, mostWaiting: 40 });
    await journal.append({ id: 1 });
  });

  const fill = () =>
    write.mockImplementation(() => {
      throw full;
    });
  const makeRoom = () => write.mockImplementation(writeSync);
  const written = () => eventually('room', 5_000, () => journal.check() === undefined);

  test('entries wait in their order, and are written later', async () => {
    fill();
    await journal.append({ id: 2 });
    await Promise.all([journal.append({ id: 3 }), journal.append({ id: 4 })]);
    expect(journal.check()).toBe(
      `3 entries wait until ${path} can be written: Error: no space left on device`,
    );
    expect(await entriesInFile()).toEqual([{ id: 1 }]);
    makeRoom();
    await written();
    await journal.append({ id: 5 });
    expect(await entriesInFile()).toEqual([1, 2, 3, 4, 5].map((id) => ({ id })));
    expect(events).toEqual([
      { what: 'waits', error: full },
      { what: 'resumed', entries: 3, refused: 0 },
    ]);
  });

  test('no torn entry stays in the file, however often a write is incomplete', async () => {
    write.mockImplementation((file, bytes, offset) => {
      if (offset > 0) throw full;
      return writeSync(file, bytes, offset, 5);
    });
    await journal.append({ id: 2 });
    await journal.append({ id: 3 });
    expect(await entriesInFile()).toEqual([{ id: 1 }]);
    makeRoom();
    await written();
    expect(await entriesInFile()).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  test('it is tried again each second, until it is closed', async () => {
    const rings: (() => void)[] = [];
    const cancel = jest.fn();
    const asked = jest.fn<Timer>((_, ring) => {
      rings.push(ring);
      return cancel;
    });
    const other = await Journal.open('/dev/full', { timer: asked });
    await other.append({ id: 1 });
    rings[0]!();
    expect(asked.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([1_000, 1_000]);
    await other.close();
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test('written entries make room for as many new ones', async () => {
    for (let round = 0; round < 3; round += 1) {
      fill();
      for (const id of [2, 3, 4]) await journal.append({ id });
      makeRoom();
      await written();
    }
    expect(await entriesInFile()).toHaveLength(10);
  });

  test('a limited number wait; further ones are refused, and counted', async () => {
    fill();
    for (const id of [2, 3, 4]) await journal.append({ id });
    await expect(journal.append({ text: 'x'.repeat(20) })).rejects.toBe(full);
    makeRoom();
    await written();
    expect(events.at(-1)).toEqual({ what: 'resumed', entries: 3, refused: 1 });
    expect(await entriesInFile()).toEqual([1, 2, 3, 4].map((id) => ({ id })));
  });

  test('readers see the waiting entries', async () => {
    fill();
    await journal.append({ id: 2 });
    await journal.append({ id: 3 });
    expect(await json(await journal.toJsonArray())).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  test('readers share the waiting entries, a group at a time', async () => {
    fill();
    const lines = ['2', '3'].map((id) => `{"id":${id}}`);
    for (const line of lines) await journal.append(JSON.parse(line));
    const pieces: string[] = [];
    for await (const piece of await journal.toJsonArray()) pieces.push(String(piece));
    expect(pieces).toEqual(['[', '{"id":1}', `,\n${lines[0]}`, `,\n${lines[1]}`, ']']);
  });

  test('entries that still wait at the close are reported', async () => {
    fill();
    await journal.append({ id: 2 });
    await journal.close();
    expect(events.at(-1)).toEqual({ what: 'unwritten', lines: '{"id":2}\n' });
    makeRoom();
    journal = await Journal.open(path);
  });

  test('a full device is such a file', async () => {
    const device = await Journal.open('/dev/full');
    await device.append({ id: 1 });
    expect(device.check()).toContain('ENOSPC');
    await device.close();
  });
});

describe('a file that another program', () => {
  let events: JournalEvent[];

  beforeEach(async () => {
    await journal.close();
    events = [];
    journal = await Journal.open(path, { onEvent: (event) => events.push(event), timer: soon });
    await journal.append({ id: 1 });
  });

  test('deleted is created again, which is reported', async () => {
    await unlink(path);
    await journal.append({ id: 2 });
    expect(await entriesInFile()).toEqual([{ id: 2 }]);
    expect(events).toEqual([{ what: 'replaced', bytes: 9 }]);
    expect(journal.check()).toBeUndefined();
  });

  test('replaced is used from then on', async () => {
    await writeFile(`${path}.new`, '{"id":1,"text":"kept"}');
    await rename(`${path}.new`, path);
    await journal.append({ id: 2 });
    expect(await entriesInFile()).toEqual([{ id: 1, text: 'kept' }, { id: 2 }]);
    expect(events).toEqual([{ what: 'replaced', bytes: 9 }]);
  });

  test('deleted with its folder makes entries wait', async () => {
    const folder = join(directory, 'folder');
    await mkdir(folder);
    const other = await Journal.open(join(folder, 'echo.log'), { timer: soon });
    await rm(folder, { recursive: true });
    await other.append({ id: 1 });
    expect(other.check()).toContain('1 entries wait');
    await mkdir(folder);
    await eventually('the entry', 5_000, () => other.check() === undefined);
    expect(await readFile(join(folder, 'echo.log'), 'utf8')).toBe('{"id":1}\n');
    await other.close();
  });

  test('shortened is continued on a new line, and the lost bytes are reported', async () => {
    await truncate(path, 4);
    await journal.append({ id: 2 });
    expect(await readFile(path, 'utf8')).toBe('{"id\n{"id":2}\n');
    expect(events).toEqual([{ what: 'cut', bytes: 5 }]);
  });

  test('moved keeps its entries', async () => {
    await rename(path, `${path}.moved`);
    await journal.append({ id: 2 });
    expect(await readFile(`${path}.moved`, 'utf8')).toBe('{"id":1}\n{"id":2}\n');
    expect(journal.check()).toBe(`${path} was deleted or replaced`);
  });
});

test('close waits for entries that are not written yet', async () => {
  journal.append({ id: 1 });
  await journal.close();
  expect(await entriesInFile()).toEqual([{ id: 1 }]);
});

test('an entry after the close is refused', async () => {
  await journal.close();
  await expect(journal.append({ id: 1 })).rejects.toThrow(`${path} is closed`);
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

  test('keeps characters that a read cuts in two', async () => {
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

  test('closes the file when nobody reads the array', async () => {
    const { ino } = await stat(path);
    /** How many handles of the journal are open. */
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
