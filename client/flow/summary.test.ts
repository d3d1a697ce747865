import { expect, test } from '@jest/globals';
import type { FlowEnd } from '#lib/journal/flow-schema.ts';
import { beginLine, summaryLines } from './summary.ts';

const end: FlowEnd = {
  timestamp: '2026-11-30T04:38:07.000Z',
  flow: '0123abcd',
  event: 'end',
  bytes: 8_388_608,
  seconds: 9.111,
  bits_per_second: 7_365_675,
  streams: [
    {
      client_port: 59_946,
      bytes: 8_388_608,
      seconds: 9.111,
      bits_per_second: 7_365_675,
      retransmissions: 17,
      cwnd: { last: 28, min: 10, max: 54 },
      rtt_ms: { last: 32.854, min: 9.5, max: 62.555 },
    },
  ],
};
const [stream] = end.streams;

test('one connection', () => {
  expect(summaryLines(end)).toEqual([
    '[CLIENT] 8.39 MB arrived in 9.11 s',
    '[CLIENT]   throughput       7.37 Mbit/s',
    '[CLIENT]   retransmissions  17 segments',
    '[CLIENT]   cwnd             28 segments at the end, from 10 to 54',
    '[CLIENT]   round trip       32.9 ms at the end, from 9.50 to 62.6 ms',
  ]);
});

test('several connections have rows of their own', () => {
  const other = { client_port: 59_948, bytes: 1e6, seconds: 9.1, bits_per_second: 879_000 };
  const two = { ...end, bits_per_second: 2.5e9, streams: [stream!, other] };
  expect(summaryLines(two)).toEqual([
    '[CLIENT] 8.39 MB arrived in 9.11 s',
    '[CLIENT]   throughput       2.50 Gbit/s',
    '[CLIENT]   port 59946       8.39 MB, 7.37 Mbit/s',
    '[CLIENT]   retransmissions  17 segments',
    '[CLIENT]   cwnd             28 segments at the end, from 10 to 54',
    '[CLIENT]   round trip       32.9 ms at the end, from 9.50 to 62.6 ms',
    '[CLIENT]   port 59948       1 MB, 879.0 kbit/s',
  ]);
});

test.each([
  [{ bytes: 10_000_000, flows: 1, reverse: false }, '10 MB to 10.0.28.182:5201 over 1 TCP connection'],
  [{ seconds: 5, flows: 3, reverse: true }, '5 seconds from 10.0.28.182:5201 over 3 TCP connections'],
])('the first line says what is asked for', (asked, text) => {
  const place = { flow: '0123abcd', address: '10.0.28.182', port: 5201 };
  expect(beginLine({ ...place, ...asked })).toBe(`[CLIENT] Flow 0123abcd: ${text}`);
});
