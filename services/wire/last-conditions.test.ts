import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lastConditions } from './last-conditions.ts';

const none = { up: {}, down: {} };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wire-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function event(id: number, set: object, configured: object = none) {
  const entry = { timestamp: '2026-11-30T10:00:00.000Z', id, event: 'wire', address: '10.0.77.1' };
  return `${JSON.stringify({ ...entry, seed: `seed ${id}`, up: '', down: '', set, configured })}\n`;
}

const queue = (id: number) =>
  `${JSON.stringify({ timestamp: '2026-11-30T10:00:00.000Z', id, event: 'queue', direction: 'up', packets: 1, bytes: 1, dropped: 0 })}\n`;

function journal(...lines: string[]): string {
  const path = join(folder, 'wire.log');
  writeFileSync(path, lines.join(''));
  return path;
}

const delayed = { up: { delay: '50ms' }, down: {} };

test('are those of the last event about conditions', () => {
  const path = journal(event(1, none), queue(2), event(3, delayed), queue(4));
  expect(lastConditions(path, none)).toEqual({ texts: delayed, seed: 'seed 3' });
});

test('are found in front of more than a megabyte of other entries', () => {
  const others = Array.from({ length: 12_000 }, (_, index) => queue(index + 2)).join('');
  expect(others.length).toBeGreaterThan(2 ** 20);
  for (let more = 0; more < 150; more += 7) {
    const path = journal(event(1, delayed), others, ' '.repeat(more));
    expect(lastConditions(path, none)).toEqual({ texts: delayed, seed: 'seed 1' });
  }
});

test.each([
  ['the journal is empty', ''],
  ['it has no such event', queue(1)],
  ['its last line is cut', event(1, delayed).slice(0, 150)],
  ['it has a condition that is not allowed', event(1, { up: { delay: 'a while' }, down: {} })],
])('are undefined when %s', (_when, text) => {
  expect(lastConditions(journal(text), none)).toBeUndefined();
});

test('are undefined when the settings have changed since', () => {
  expect(lastConditions(journal(event(1, delayed, delayed)), none)).toBeUndefined();
  expect(lastConditions(journal(event(1, none, delayed)), delayed)).toEqual({ texts: none, seed: 'seed 1' });
});
