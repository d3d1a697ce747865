import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readFlowEntries } from './flow-entries.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirelab-flow-entries-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = { timestamp: '2026-11-30T04:37:57.930Z', flow: '3f60ac17' };

test('entries are read in order, and other lines skipped', async () => {
  const begin = { ...line, event: 'begin', address: '10.0.28.182', port: 5201, flows: 1, reverse: false };
  const end = { ...line, event: 'end', bytes: 1, seconds: 1, bits_per_second: 8, streams: [], new_field: 1 };
  const lines = [begin, { ...begin, port: -1 }, { ...begin, flow: 'x' }, end].map((one) =>
    JSON.stringify(one),
  );
  writeFileSync(join(folder, 'flow.log'), [...lines, '', '{"timestamp":', '[]', ''].join('\n'));
  expect((await Array.fromAsync(readFlowEntries(folder))).map(({ event }) => event)).toEqual([
    'begin',
    'end',
  ]);
});

test('a run without flows has none', async () => {
  expect(await Array.fromAsync(readFlowEntries(folder))).toEqual([]);
});
