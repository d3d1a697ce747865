import { createHistogram } from 'node:perf_hooks';
import { describe, expect, test } from '@jest/globals';
import { retransmissions } from '#lib/transfer/sending.ts';
import {
  type ReturnResult,
  returnLine,
  summaryFields,
  summaryLines,
  type TransferResult,
} from './summary.ts';

const sha256 = 'ab'.repeat(32);
const receipt = { bytes: 1_000_000, sha256, duplicates: 1_234, outOfOrder: 56 };
const result: TransferResult = {
  ...{ id: 'c0ffee01', mode: 'go-back-n', window: 64, milliseconds: 2_500.4, damaged: 3, receipt },
  counts: {
    bytes: 1_250_000,
    datagrams: { first: 760, timeout: 12, 'go-back': 1_100 },
    acks: { duplicate: 5, foreign: 6 },
    arrived: 1_000_000,
  },
  trips: trips(1, 2, 3, 40),
};
const back: ReturnResult = { milliseconds: 1_234.5, receipt, identical: true };

/** A histogram of round trips, given in ms. */
function trips(...milliseconds: number[]) {
  const histogram = createHistogram();
  for (const one of milliseconds) histogram.record(one * 1e6);
  return histogram;
}

describe('the lines', () => {
  test('have all figures, each with what it is', () => {
    expect(summaryLines(result)).toEqual([
      '[CLIENT] Transfer c0ffee01: 1,000,000 bytes in 2.50 s by go-back-n, window 64',
      '[CLIENT]   goodput     399.9 kB/s',
      '[CLIENT]   efficiency  80.0 % (1,000,000 useful of 1,250,000 bytes sent)',
      '[CLIENT]   segments    760, and 1,112 retransmissions: 12 after a timeout, 1,100 after a timeout of an earlier segment',
      '[CLIENT]   receiver    1,234 duplicates, 56 out of order and dropped',
      '[CLIENT]   ignored     5 duplicate ACKs, 6 foreign ACKs, 3 damaged datagrams',
      expect.stringMatching(
        /^\[CLIENT\] {3}round trip {2}p50 2\.00 ms, p90 40\.\d\d ms, p99 40\.\d\d ms of 4 measured$/,
      ),
      `[CLIENT]   SHA-256     ${sha256}, the same on both sides`,
    ]);
  });

  test('tell when no round trip could be measured', () => {
    expect(summaryLines({ ...result, trips: trips() })).toContain(
      '[CLIENT]   round trip  none could be measured',
    );
  });

  test.each([
    ['the same bytes', true, 'the same bytes'],
    ['other bytes', false, `other bytes, SHA-256 ${sha256}`],
  ])('tell that %s came back', (_what, identical, said) => {
    expect(returnLine({ ...back, identical })).toBe(
      `[CLIENT]   came back   1,000,000 bytes in 1.23 s, ${said}, 1,234 duplicates`,
    );
  });
});

describe('the object', () => {
  const fields = {
    transfer: 'c0ffee01',
    ...{ mode: 'go-back-n', window: 64, bytes: 1_000_000, sha256, seconds: 2.5 },
    ...{ goodput: 399_936, efficiency: 0.8, sent_bytes: 1_250_000, segments: 760 },
    retransmissions: { timeout: 12, go_back: 1_100 },
    receiver: { duplicates: 1_234, out_of_order: 56 },
    ignored: { duplicate_acks: 5, foreign_acks: 6, damaged: 3 },
    rtt_ms: { measured: 4, p50: 2, p90: expect.closeTo(40, 0), p99: expect.closeTo(40, 0) },
  };

  test('has the same figures', () => {
    expect(summaryFields(result, undefined)).toEqual(fields);
  });

  test('has null for round trips that were not measured', () => {
    const rtt_ms = { measured: 0, p50: null, p90: null, p99: null };
    expect(summaryFields({ ...result, trips: trips() }, undefined)).toEqual({ ...fields, rtt_ms });
  });

  test('has the return', () => {
    const figures = { bytes: 1_000_000, sha256, identical: true, seconds: 1.235 };
    const returned = { ...figures, duplicates: 1_234, out_of_order: 56 };
    expect(summaryFields(result, back)).toEqual({ ...fields, returned });
  });

  test('has figures also for an empty transfer', () => {
    const empty = { ...result, receipt: { ...receipt, bytes: 0 } };
    expect(summaryFields(empty, undefined)).toMatchObject({ bytes: 0, goodput: 0, efficiency: 0 });
  });
});

test('a retransmission counts, whatever its reason', () => {
  expect(retransmissions(result.counts)).toBe(1_112);
});
