import { expect, test } from '@jest/globals';
import { RoundTrips } from './round-trips.ts';

test('a round trip is from a segment to the ACK of its last byte', () => {
  const trips = new RoundTrips();
  trips.sent({ from: 0, to: 1_000 }, 1);
  trips.sent({ from: 1_000, to: 2_000 }, 1.01);
  expect(trips.acknowledged(500, 1.05)).toBeUndefined();
  expect(trips.acknowledged(2_000, 1.06)).toBeCloseTo(0.05);
  expect(trips.smoothed).toBeCloseTo(0.05);
});

test('a segment that was retransmitted has none', () => {
  const trips = new RoundTrips();
  trips.sent({ from: 0, to: 1_000 }, 1);
  trips.sent({ from: 1_000, to: 2_000 }, 1.01);
  trips.retransmitted({ from: 0, to: 1_000 });
  expect(trips.acknowledged(1_000, 1.06)).toBeUndefined();
  expect(trips.acknowledged(2_000, 1.07)).toBeCloseTo(0.06);
});

test('a segment that waits after a hole is measured by its SACK block', () => {
  const trips = new RoundTrips();
  trips.sent({ from: 0, to: 1_000 }, 1);
  trips.sent({ from: 1_000, to: 2_000 }, 1.01);
  trips.sent({ from: 2_000, to: 3_000 }, 1.02);
  expect(trips.sacked({ from: 1_000, to: 2_500 }, 1.06)).toBeCloseTo(0.05);
  trips.retransmitted({ from: 0, to: 1_000 });
  expect(trips.acknowledged(2_000, 1.3)).toBeUndefined();
  expect(trips.acknowledged(3_000, 1.31)).toBeCloseTo(0.29);
});

test('the timeout is 200 ms longer than a steady round trip, and 1 s at first', () => {
  const trips = new RoundTrips();
  expect(trips.timeout).toBe(1);
  for (let index = 1; index <= 50; index += 1) {
    trips.sent({ from: index - 1, to: index }, index);
    trips.acknowledged(index, index + 0.05);
  }
  expect(trips.timeout).toBeCloseTo(0.25);
});

test('what is acknowledged does not stay', () => {
  const trips = new RoundTrips();
  for (let index = 1; index <= 5_000; index += 1) {
    trips.sent({ from: index - 1, to: index }, index);
    expect(trips.acknowledged(index, index + 1)).toBe(1);
  }
});
