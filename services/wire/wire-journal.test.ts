import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Log } from '#lib/runtime/log.ts';
import { WireJournal } from './wire-journal.ts';

let folder: string;
let errors: string[];
let due: (() => void)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wire-journal-'));
  [errors, due] = [[], []];
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(): Promise<WireJournal> {
  const log = { info: () => undefined, warn: () => undefined, error: (line: string) => errors.push(line) };
  return WireJournal.open(join(folder, 'wire.log'), {
    log: log as unknown as Log,
    now: () => new Date('2026-11-30T10:00:00.000Z'),
    timer: (_ms, call) => {
      due.push(call);
      return () => undefined;
    },
  });
}

test('an entry has its time and its number', async () => {
  const journal = await open();
  journal.append({ event: 'missed', packets: 3 });
  await journal.close();
  expect(readFileSync(join(folder, 'wire.log'), 'utf8')).toBe(
    '{"timestamp":"2026-11-30T10:00:00.000Z","id":1,"event":"missed","packets":3}\n' +
      '{"timestamp":"2026-11-30T10:00:00.000Z","id":2,"event":"end"}\n',
  );
  expect(errors).toEqual([]);
});

test('however many entries are refused, they are reported once a second', async () => {
  const journal = await open();
  await journal.close();
  for (let count = 0; count < 1_000; count += 1) journal.append({ event: 'missed', packets: 1 });
  await setImmediate();
  expect(errors).toEqual([]);
  for (const call of due) call();
  expect(errors).toEqual([
    expect.stringMatching(/^1000 entries can't be written to the journal: Error: .* is closed$/),
  ]);
});
