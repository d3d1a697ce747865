import { expect, test } from '@jest/globals';
import { parseSocket } from './socket.ts';
import { socketLine } from './testing.ts';

test('the details of a socket are read', () => {
  const socket = parseSocket(socketLine({ client: 59_946, cwnd: 35, acked: 1_310_721 }));
  expect(socket).toMatchObject({
    state: 'ESTAB',
    localPort: 59_946,
    peerPort: 5201,
    congestion: 'cubic',
    rtt: [51.969, 11.796],
    deliveryRate: 8_912_304,
  });
  const { cwnd, ssthresh, bytes_acked: acked } = Object.fromEntries(socket!.values);
  expect({ cwnd, ssthresh, acked }).toEqual({ cwnd: 35, ssthresh: 28, acked: 1_310_721 });
});

test('a socket before its first round trip has none', () => {
  const line =
    'SYN-SENT 0      1      10.0.142.133:59944 10.0.28.182:5201 cubic rto:1000 mss:524 cwnd:10 segs_out:1';
  expect(parseSocket(line)).toMatchObject({ state: 'SYN-SENT', rtt: undefined, deliveryRate: undefined });
});

test.each([
  '',
  '1796013477.936472',
  'TIME-WAIT 0 0 10.0.142.133:1 10.0.28.182:5201 timer:(timewait,59sec,0)',
])('a line without details is none: %s', (line) => {
  expect(parseSocket(line)).toBeUndefined();
});
