import { expect, test } from '@jest/globals';
import type { FlowSample } from '#lib/journal/flow-schema.ts';
import { FlowLog } from './flow-log.ts';

const BEGAN = Date.parse('2026-11-30T04:37:58.000Z') / 1000;
const sample = (after: number, given: Partial<FlowSample> = {}): FlowSample => ({
  timestamp: new Date((BEGAN + after) * 1000).toISOString(),
  flow: '3f60ac17',
  event: 'sample',
  client_port: 40_000,
  congestion: 'cubic',
  mss: 1_448,
  cwnd: 10,
  bytes_acked: 0,
  bytes_retransmitted: 0,
  unacked: 0,
  lost: 0,
  sacked: 0,
  ...given,
});

function logOf(...samples: FlowSample[]) {
  const log = new FlowLog();
  for (const one of samples) log.take(one);
  return log;
}

test('a connection has its samples in bytes, from its first packet on', () => {
  const log = logOf(
    sample(0.5, { rtt_ms: 21.4 }),
    sample(1, { cwnd: 20, ssthresh: 15 }),
    sample(1, { client_port: 1 }),
  );
  expect(log.of(40_000, BEGAN, BEGAN + 2)).toEqual({
    flow: '3f60ac17',
    congestion: 'cubic',
    window: [
      { at: 0.5, cwnd: 14_480, ssthresh: undefined, rtt: 21.4 },
      { at: 1, cwnd: 28_960, ssthresh: 21_720, rtt: undefined },
    ],
  });
});

test('another connection from the same port has others', () => {
  const log = logOf(sample(0), sample(100, { flow: '00000001', congestion: 'bbr' }));
  expect(log.of(40_000, BEGAN, BEGAN + 1)).toMatchObject({ flow: '3f60ac17' });
  expect(log.of(40_000, BEGAN + 99, BEGAN + 101)).toMatchObject({ flow: '00000001', congestion: 'bbr' });
  expect(log.of(40_000, BEGAN + 10, BEGAN + 20)).toBeUndefined();
  expect(log.of(40_001, BEGAN, BEGAN + 1)).toBeUndefined();
});

test('the latest connections are kept', () => {
  const log = logOf(...Array.from({ length: 100 }, (_, port) => sample(port, { client_port: port })));
  expect(log.of(35, BEGAN, BEGAN + 200)).toBeUndefined();
  expect(log.of(99, BEGAN, BEGAN + 200)).toBeDefined();
});
