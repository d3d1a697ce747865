import { expect, test } from '@jest/globals';
import type { MatchFinding } from '#analysis/join/matching.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';
import { Charts } from './charts.ts';
import { Thinned } from './thinned.ts';
import { Throughput } from './throughput.ts';

test('of each step only the largest value is kept', () => {
  const points = new Thinned(0.1);
  for (const [time, value] of [
    [1, 5],
    [1.05, 9],
    [1.07, 7],
    [1.1001, 1],
  ] as const)
    points.add(time, value);
  expect(points.take()).toEqual([
    [1.05, 9],
    [1.1001, 1],
  ]);
  points.add(1.12, 3);
  // The step was taken already, and its value can't change any more.
  expect(points.take()).toEqual([[1.12, 3]]);
});

test('throughput has a point for each second with packets, and 0 around a pause', () => {
  const throughput = new Throughput();
  throughput.add(10.1, 100);
  throughput.add(10.9, 50);
  expect(throughput.take()).toEqual([]);
  throughput.add(11.2, 7);
  expect(throughput.take()).toEqual([
    [9, 0],
    [10, 150],
  ]);
  throughput.moveTo(12.1);
  throughput.moveTo(13.1);
  throughput.moveTo(20);
  expect(throughput.take()).toEqual([
    [11, 7],
    [12, 0],
  ]);
  throughput.add(30, 1);
  throughput.add(40, 1);
  throughput.moveTo(41);
  expect(throughput.take()).toEqual([
    [29, 0],
    [30, 1],
    [31, 0],
    [39, 0],
    [40, 1],
  ]);
});

test('throughput begins again when the clock was set back', () => {
  const throughput = new Throughput();
  throughput.add(1_000.5, 100);
  throughput.moveTo(1_001, 1_001);
  throughput.take();
  throughput.moveTo(10, 10);
  throughput.add(10.5, 7);
  throughput.moveTo(11, 11);
  expect(throughput.take()).toEqual([
    [9, 0],
    [10, 7],
  ]);
});

test('charts hand on what was added since the last time', () => {
  const charts = new Charts();
  expect(charts.take()).toBeUndefined();
  charts.takeRoundTrip(5, 0.0123456);
  charts.takeMatch({
    kind: 'match',
    entry: { outcome: '200' },
    took: 0.25,
    response: [{ number: 1, time: 7 }],
  } as unknown as MatchFinding);
  charts.takeMatch({
    kind: 'match',
    entry: { outcome: 'timeout' },
    took: undefined,
    response: [],
  } as unknown as MatchFinding);
  charts.takePayload('up', 5.5, 10);
  charts.takePayload('other', 5.5, 999);
  charts.takeWire({
    timestamp: '1970-01-01T00:00:06.000Z',
    id: 1,
    event: 'queue',
    direction: 'down',
    packets: 3,
    bytes: 1,
    dropped: 0,
  } as WireEntry);
  charts.moveTo({ until: 6, now: 6 });
  expect(charts.take()).toEqual({
    delays: { http: [[7, 250]] },
    roundTrips: [[5, 12.346]],
    throughput: {
      up: [
        [4, 0],
        [5, 10],
      ],
      down: [],
    },
    queue: { up: [], down: [[6, 3]] },
  });
  expect(charts.take()).toBeUndefined();
});
