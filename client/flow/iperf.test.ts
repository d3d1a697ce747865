import { expect, test } from '@jest/globals';
import { iperfArguments, readResult } from './iperf.ts';
import { resultOf } from './testing.ts';

const given = { address: '10.0.28.182', port: 5201, flows: 1, reverse: false };

test('bytes or seconds end the test', () => {
  expect(iperfArguments({ ...given, bytes: 10_000_000, seconds: undefined }).join(' ')).toBe(
    '--client 10.0.28.182 --port 5201 --json --connect-timeout 15000 --parallel 1 --interval 0.1 --repeating-payload --bytes 10000000',
  );
  const other = { ...given, bytes: undefined, seconds: 5, flows: 3, reverse: true };
  expect(iperfArguments(other).join(' ')).toMatch(
    /--parallel 3 --interval 0.1 --repeating-payload --time 5 --reverse$/,
  );
});

test('a result has the bytes that arrived, and each connection by the port of the client', () => {
  expect(
    readResult(
      resultOf([
        { port: 59_946, bytes: 3_000_000, retransmits: 17 },
        { port: 59_948, bytes: 1_000_000 },
      ]),
    ),
  ).toEqual({
    bytes: 4_000_000,
    seconds: 2,
    bits_per_second: 16_000_000,
    streams: [
      {
        client_port: 59_946,
        bytes: 3_000_000,
        seconds: 2,
        bits_per_second: 12_000_000,
        retransmissions: 17,
      },
      { client_port: 59_948, bytes: 1_000_000, seconds: 2, bits_per_second: 4_000_000, retransmissions: 0 },
    ],
    error: undefined,
  });
});

test('without an answer of the receiver, the sender counts', () => {
  const sent = { socket: 5, bytes: 800, seconds: 1, bits_per_second: 6400 };
  const lost = { socket: 5, bytes: 0, seconds: 0, bits_per_second: 0 };
  const text = JSON.stringify({
    start: { connected: [{ socket: 5, local_port: 40_000 }] },
    end: { streams: [{ sender: sent, receiver: lost }], sum_sent: sent, sum_received: lost },
  });
  expect(readResult(text)).toMatchObject({ bytes: 800, streams: [{ client_port: 40_000, bytes: 800 }] });
});

test.each([
  [
    '{"start":{"connected":[]},"end":{},"error":"unable to connect to server - server may have stopped running or use a different port, firewall issue, etc.: Connection refused"}',
    /^unable to connect to server: Connection refused$/,
  ],
  [
    '{"start":{},"intervals":[],"end":{},"error":"error - the server is busy running a test. try again later"}',
    /^the server is busy/,
  ],
  ['', /^iperf3 printed no result$/],
  ['[]', /^iperf3 printed no result$/],
])('a test that failed has a reason: %s', (text, reason) => {
  const { bytes, streams, error } = readResult(text);
  expect({ bytes, streams }).toEqual({ bytes: 0, streams: [] });
  expect(error).toMatch(reason);
});
