import { expect, test } from '@jest/globals';
import { percentile99, tripsIn } from './rates.ts';

test('the round trips of ping are read', () => {
  const printed = `PING 10.0.28.182 (10.0.28.182) 56(84) bytes of data.
64 bytes from 10.0.28.182: icmp_seq=1 ttl=63 time=0.213 ms
64 bytes from 10.0.28.182: icmp_seq=3 ttl=63 time=60 ms

3 packets transmitted, 2 received, 33.3% packet loss, time 20ms
`;
  expect(tripsIn(printed)).toEqual([0.213, 60]);
});

test('the largest of the smallest 99 of 100', () => {
  expect(percentile99(Array.from({ length: 100 }, (_, index) => 100 - index))).toBe(99);
  expect(percentile99([3])).toBe(3);
});
