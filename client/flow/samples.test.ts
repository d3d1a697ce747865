import { expect, test } from '@jest/globals';
import { isFlowEntry } from '#lib/journal/flow-schema.ts';
import { Samples } from './samples.ts';
import { socketLine } from './testing.ts';

const TIME = '1796013477.936472';

function sampled(lines: readonly string[], flows = 1) {
  const samples = new Samples(5201, flows);
  return { samples, found: lines.flatMap((line) => samples.take(line)) };
}

test('a sample has the time and the values of its line, and is an entry of flow.log', () => {
  const { found } = sampled([TIME, socketLine({ cwnd: 35, acked: 1_310_721 })]);
  expect(found).toEqual([
    {
      timestamp: '2026-11-30T04:37:57.936Z',
      event: 'sample',
      client_port: 40_000,
      congestion: 'cubic',
      mss: 1448,
      cwnd: 35,
      ssthresh: 28,
      rtt_ms: 51.969,
      rttvar_ms: 11.796,
      rto_ms: 252,
      bytes_acked: 1_310_721,
      bytes_retransmitted: 2896,
      unacked: 34,
      lost: 3,
      sacked: 4,
      delivery_rate: 8_912_304,
    },
  ]);
  expect(isFlowEntry({ ...found[0], flow: '0123abcd' })).toBe(true);
});

test('the port of the client is the same in the samples of the server host', () => {
  expect(sampled([TIME, socketLine({ isServer: true })]).found).toMatchObject([{ client_port: 40_000 }]);
});

test('the first samples wait until the connection has sent enough; the control connection has none', () => {
  const { samples, found } = sampled([
    TIME,
    socketLine({ client: 39_998, sent: 170 }),
    socketLine({ sent: 14_480 }),
    '1796013477.956472',
    socketLine({ client: 39_998, sent: 400 }),
    socketLine({ sent: 90_000 }),
  ]);
  expect(found.map(({ client_port: port, timestamp }) => [port, timestamp.slice(-5)])).toEqual([
    [40_000, '.936Z'],
    [40_000, '.956Z'],
  ]);
  expect(samples.rest([40_000])).toEqual([]);
});

test('a connection that sends little has samples when its port is known', () => {
  const { samples, found } = sampled([TIME, socketLine({ sent: 14_480 })]);
  expect(found).toEqual([]);
  expect(samples.rest([40_002, 40_000])).toMatchObject([{ client_port: 40_000 }]);
});

test('no more connections have samples than there are flows', () => {
  const { found } = sampled([TIME, ...[40_000, 40_002, 40_004].map((client) => socketLine({ client }))], 2);
  expect(found.map(({ client_port: port }) => port)).toEqual([40_000, 40_002]);
});

test.each([
  ['before the first time', [socketLine()]],
  ['that is still being opened', [TIME, socketLine({ state: 'SYN-SENT' })]],
  ['that can not be read', [TIME, 'Cannot open netlink socket']],
])('a socket %s has no sample', (_what, lines) => {
  expect(sampled(lines).found).toEqual([]);
});
