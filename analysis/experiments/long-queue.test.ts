import { expect, test } from '@jest/globals';
import { Lab } from '#analysis/wire/testing.ts';
import { DOWN, icmpPacket } from '#lib/packet/testing.ts';
import { longQueue } from './long-queue.ts';
import { conditions } from './wire-steps.ts';
import { inForce, observed } from './wire-testing.ts';

interface Case {
  /** Seconds that the longest round trips take. */
  usual?: number;
  beside?: number;
  isLost?: boolean;
}

async function outcome({ usual = 0.002, beside = 0.65, isLost = false }: Case) {
  const lab = new Lab();
  inForce(lab, 5, conditions.longQueue);
  const ping = (identifier: number, sequence: number, time: number, trip: number) => {
    const id = identifier * 100 + sequence;
    lab.send(icmpPacket({ id, identifier, sequence }), { time, took: trip - 0.001 });
    if (isLost && trip === beside) return;
    lab.send(icmpPacket({ ...DOWN, id, type: 0, identifier, sequence }), { time: time + trip - 0.001 });
  };
  for (let sequence = 1; sequence <= 5; sequence += 1) ping(7, sequence, 10 + sequence / 10, usual);
  for (let sequence = 1; sequence <= 4; sequence += 1) {
    ping(8, sequence, 20 + sequence / 10, sequence === 3 ? beside : beside / 2);
  }
  return longQueue.evaluate(await observed(lab));
}

test('agrees, with the frames of the longest round trip', async () => {
  const { agrees, seen, evidence } = await outcome({});
  expect(seen).toBe('2 ms alone; beside the flow at most 650 ms, from frame 14 to frame 19 of the client');
  expect(agrees).toBe(true);
  expect(evidence.map(({ frame }) => [frame?.host, frame?.number])).toEqual([
    ['client', 14],
    ['client', 19],
  ]);
});

test('agrees on a machine that stalls', async () => {
  expect((await outcome({ beside: 0.95 })).agrees).toBe(true);
});

test.each([
  ['a queue that is half full', { beside: 0.32 }],
  ['a round trip that is far too long', { beside: 1.4 }],
  ['a round trip that is as long without a flow', { usual: 0.65 }],
  ['a reply that is lost', { isLost: true }],
])('does not agree with %s', async (_what, run) => {
  expect((await outcome(run)).agrees).toBe(false);
});
