import { expect, test } from '@jest/globals';
import { countingIn } from './counting.ts';

test.each([
  ['frame.number == 7', 'frame.number'],
  ['http && frame.time_delta > 1', 'frame.time_delta'],
  ['!frame.time_delta_displayed', 'frame.time_delta_displayed'],
  ['frame.time_relative < 3', 'frame.time_relative'],
  ['frame.interface_id == 0', 'frame.interface_id'],
  ['(tcp.stream in {1, 2})', 'tcp.stream'],
  ['udp.stream', 'udp.stream'],
  ['http.request_in == 5', 'http.request_in'],
  ['tcp.analysis.acks_frame==5', 'tcp.analysis.acks_frame'],
  ['tcp.reassembled_in eq 4', 'tcp.reassembled_in'],
])('%s depends on what tshark has read before', (filter, field) => {
  expect(countingIn(filter)).toBe(
    `${field} counts what the live view has read, which no capture has; use what the packet itself has, such as tcp.port == 50000`,
  );
});

test.each([
  '',
  'tcp',
  'tcp.port == 80',
  'frame.time > "2026-11-30"',
  'frame.len > 100',
  'tcp.time_delta > 1',
  'http.request_in',
  'http.request_in and tcp',
  'frame contains "tcp.stream"',
  "http.host == 'frame.number'",
  'http2.streamid == 1',
])('%s does not', (filter) => {
  expect(countingIn(filter)).toBeUndefined();
});
