import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { payloadOf } from '#lib/packet/packet.ts';
import {
  anyPacket,
  headerSum,
  icmpPacket,
  ipPacket,
  parsed,
  rightPackets,
  summed,
  sumOf,
  tcpPacket,
  udpPacket,
} from '#lib/packet/testing.ts';
import { corruption } from './corruption.ts';
import { decide, packetsOf } from './testing.ts';

const highest = 1 - 2 ** -53;
const random = fc.double({ min: 0, max: highest, noNaN: true });

test.each([
  [0, { offset: 40, bit: 0, before: '0x48', after: '0x49' }, 'Iey'],
  [0.5, { offset: 41, bit: 4, before: '0x65', after: '0x75' }, 'Huy'],
  [highest, { offset: 42, bit: 7, before: '0x79', after: '0xf9' }, 'He\xf9'],
])('flips one bit of the payload for the number %d', (number, detail, payload) => {
  const { steps, ...decided } = decide(corruption, tcpPacket({ payload: 'Hey' }), { random: number })!;
  expect(decided).toEqual({
    detail,
    phrase: `bit ${detail.bit} of byte ${detail.offset}: ${detail.before} to ${detail.after}`,
  });
  expect(steps).toHaveLength(1);
  expect(payloadOf(parsed(packetsOf(steps)[0]!)).toString('latin1')).toBe(payload);
});

test.each([
  ['an ACK', tcpPacket(), 36],
  ['an empty datagram', udpPacket(), 26],
  ['an empty echo request', icmpPacket(), 22],
])('flips a bit of the checksum of %s, which has no payload', (_what, packet, at) => {
  expect(decide(corruption, packet, { random: 0 })!.detail.offset).toBe(at);
  expect(decide(corruption, packet, { random: highest })!.detail.offset).toBe(at + 1);
});

test('can not be done to a packet without content', () => {
  expect(decide(corruption, ipPacket(132, Buffer.alloc(0)))).toBeUndefined();
});

test('leaves the given packet as it was, and its IP header in the copy', () => {
  fc.assert(
    fc.property(anyPacket, random, (packet, number) => {
      const before = Buffer.from(packet.bytes);
      const decided = decide(corruption, packet, { random: number });
      expect(packet.bytes).toEqual(before);
      if (!decided) return;
      const [copy] = packetsOf(decided.steps);
      const changed = [...before.keys()].filter((at) => before[at] !== copy![at]);
      expect(changed).toEqual([decided.detail.offset]);
      expect(changed[0]).toBeGreaterThanOrEqual(packet.headerAt);
      expect(copy).toHaveLength(before.length);
    }),
  );
});

test('makes the checksum wrong, and no other', () => {
  fc.assert(
    fc.property(rightPackets, random, (packet, number) => {
      const [copy] = packetsOf(decide(corruption, packet, { random: number })!.steps);
      expect(headerSum(copy!)).toBe(0xffff);
      expect(sumOf(summed(copy!))).not.toBe(0xffff);
    }),
  );
});
