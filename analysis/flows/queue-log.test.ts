import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readQueues } from './queue-log.ts';

const BEGAN = Date.parse('2026-11-30T04:37:58.000Z') / 1000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirelab-queue-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const event = (after: number, given: object = {}) =>
  JSON.stringify({
    timestamp: new Date((BEGAN + after) * 1000).toISOString(),
    id: 1,
    event: 'queue',
    direction: 'up',
    packets: 3,
    bytes: 4_542,
    dropped: 0,
    ...given,
  });

test('what waited in a direction and a stretch of time', async () => {
  const lines = [
    event(-1),
    event(0.5),
    event(0.505, { packets: 40, dropped: 2 }),
    event(0.6, { direction: 'down', packets: 1 }),
    event(0.7, { packets: -1 }),
    '{"event":"queue"',
    event(2.05, { packets: 0 }),
    event(3),
  ];
  writeFileSync(join(folder, 'wire.log'), lines.join('\n'));
  const stretch = { from: BEGAN, to: BEGAN + 2 };
  expect(
    await readQueues(folder, [
      { direction: 'up', ...stretch },
      { direction: 'down', ...stretch },
    ]),
  ).toEqual([
    [
      { at: 0.5, packets: 40, dropped: 2 },
      { at: 2.05, packets: 0, dropped: 0 },
    ],
    [{ at: 0.6, packets: 1, dropped: 0 }],
  ]);
});

test('a run without a wire has empty lists', async () => {
  expect(await readQueues(folder, [{ direction: 'up', from: 0, to: 1 }])).toEqual([[]]);
});
