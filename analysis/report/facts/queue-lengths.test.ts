import { expect, test } from '@jest/globals';
import { QueueLengths } from './queue-lengths.ts';

test('each sample is a point as long as there are not too many', () => {
  const lengths = new QueueLengths();
  for (const packets of [1, 5, 0]) lengths.take({ packets, dropped: packets }, packets);
  expect(lengths.points).toEqual([1, 5, 0].map((packets) => ({ time: packets, packets })));
  expect(lengths.dropped).toBe(6);
});

test('of too many samples the longest ones stay', () => {
  const lengths = new QueueLengths();
  for (let at = 0; at < 50_000; at += 1) lengths.take({ packets: at % 1_000 === 7 ? 90 : 1, dropped: 0 }, at);
  const { points } = lengths;
  expect(points.length).toBeLessThan(4_001);
  expect(points.filter(({ packets }) => packets === 90)).toHaveLength(50);
  expect(points.map(({ time }) => time)).toEqual(points.map(({ time }) => time).toSorted((a, b) => a - b));
});
