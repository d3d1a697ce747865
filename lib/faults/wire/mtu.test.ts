import { describe, expect, test } from '@jest/globals';
import { payloadOf } from '#lib/packet/packet.ts';
import { CLIENT, icmpPacket, ipPacket, parsed, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import { mtu } from './mtu.ts';
import { decide, packetsOf, WIRE_ADDRESS } from './testing.ts';

const DONT_FRAGMENT = 0x4000;
const large = tcpPacket({ place: DONT_FRAGMENT, payload: Buffer.alloc(561) });

test.each([
  ['a packet when there is no MTU', undefined, large],
  ['a packet of exactly its size', 601, large],
])('leaves %s alone', (_what, most, packet) => {
  expect(decide(mtu, packet, { mtu: most })).toBeUndefined();
});

test('sends an ICMP error back to the sender in place of a packet that is one byte too large', () => {
  const { detail, steps, phrase } = decide(mtu, large, { mtu: 600 })!;
  expect(detail).toEqual({ mtu: 600, oversize: 'icmp' });
  expect(phrase).toBe('larger than 600 bytes; the sender gets an ICMP error');
  expect(steps).toMatchObject([{ do: 'send-back' }]);
  const error = parsed(packetsOf(steps)[0]!);
  expect(error).toMatchObject({ source: WIRE_ADDRESS, destination: parsed(large).source });
  expect(error.icmp).toMatchObject({ type: 3, code: 4 });
  expect(payloadOf(error)).toEqual(large.subarray(0, 28));
  expect(error.bytes.readUInt16BE(26)).toBe(600);
});

test('sends a packet that may be fragmented in fragments', () => {
  const packet = udpPacket({ payload: Buffer.alloc(700) });
  const { detail, steps, phrase } = decide(mtu, packet, { mtu: 600 })!;
  expect(detail).toEqual({ mtu: 600, oversize: 'fragments' });
  expect(phrase).toBe('larger than 600 bytes; sent in fragments');
  expect(steps).toMatchObject([{ do: 'send' }, { do: 'send' }]);
  expect(packetsOf(steps).map(({ length }) => length)).toEqual([20 + 576, 20 + 132]);
});

test.each([
  ['may be fragmented', udpPacket({ payload: Buffer.alloc(700) })],
  ['may not be fragmented', large],
])('is a black hole for a packet that %s', (_which, packet) => {
  expect(decide(mtu, packet, { mtu: 600, oversize: 'black-hole' })).toEqual({
    detail: { mtu: 600, oversize: 'black-hole' },
    steps: [],
    phrase: 'larger than 600 bytes; dropped without a word',
  });
});

describe('an ICMP error is sent', () => {
  const payload = Buffer.alloc(600);
  const place = DONT_FRAGMENT;

  test.each([
    ['about an echo request', icmpPacket({ type: 8, payload, place }), 'icmp'],
    ['not about an ICMP error', icmpPacket({ type: 3, payload, place, destination: CLIENT }), 'black-hole'],
    ['not about a fragment after the first', ipPacket(6, payload, { place: place + 8 }), 'black-hole'],
  ])('%s', (_which, packet, oversize) => {
    expect(decide(mtu, packet, { mtu: 600 })!.detail).toEqual({ mtu: 600, oversize });
  });
});
