import { describe, expect, test } from '@jest/globals';
import { payloadOf } from '#lib/packet/packet.ts';
import { headerSum, ipPacket, parsed, summed, sumOf, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import type { Tampering } from './fault.ts';
import { tamper } from './tamper.ts';
import { decide, packetsOf } from './testing.ts';

const pay: Tampering = { how: 'replace', find: Buffer.from('pay'), put: Buffer.from('bay') };

test('is not drawn when nothing is set', () => {
  expect(decide(tamper, tcpPacket({ payload: 'pay' }))).toBeUndefined();
});

describe('replace', () => {
  test.each([
    ['TCP', tcpPacket({ payload: 'Please pay and pay' })],
    ['UDP', udpPacket({ payload: 'Please pay and pay' })],
  ])('changes the first place in a payload of %s, and all checksums are right', (_protocol, packet) => {
    const { detail, steps, phrase } = decide(tamper, packet, { tamper: pay })!;
    expect(detail).toEqual({ tamper: 'replace', offset: 7, before: '706179', after: '626179' });
    expect(phrase).toBe('byte 7 of the payload: 706179 to 626179');
    expect(steps).toMatchObject([{ do: 'send' }]);
    const [sent] = packetsOf(steps);
    expect(payloadOf(parsed(sent!)).toString()).toBe('Please bay and pay');
    expect(headerSum(sent!)).toBe(0xffff);
    expect(sumOf(summed(sent!))).toBe(0xffff);
  });

  test.each([
    ['has other bytes', tcpPacket({ payload: 'PAY' })],
    ['has no payload', tcpPacket()],
    ['has the bytes in its header only', tcpPacket({ sequence: 0x70617900, payload: 'Hey' })],
    ['is a fragment whose checksum is in the first', ipPacket(6, Buffer.from('pay some'), { place: 8 })],
  ])('can not be done to a packet that %s', (_which, packet) => {
    expect(decide(tamper, packet, { tamper: pay })).toBeUndefined();
  });
});

test('replay sends the packet at once and again after the time', () => {
  const bytes = udpPacket({ payload: 'pay' });
  expect(decide(tamper, bytes, { tamper: { how: 'replay', afterMs: 200 } })).toEqual({
    detail: { tamper: 'replay', again_ms: 200 },
    steps: [
      { do: 'send', bytes },
      { do: 'send-later', bytes, milliseconds: 200 },
    ],
    phrase: 'replayed after 200 ms',
  });
});

describe('rst', () => {
  test('sends a reset after the segment', () => {
    const bytes = tcpPacket({ sequence: 10, acknowledgment: 5, payload: 'pay' });
    const { detail, steps, phrase } = decide(tamper, bytes, { tamper: { how: 'rst' } })!;
    expect(detail).toEqual({ tamper: 'rst' });
    expect(phrase).toBe('followed by an RST that the sender did not send');
    expect(steps).toMatchObject([{ do: 'send', bytes }, { do: 'send' }]);
    expect(parsed(packetsOf(steps)[1]!)).toMatchObject({
      destinationPort: 9_090,
      tcp: { sequence: 13, acknowledgment: 5, flags: 4 + 16 },
    });
  });

  test.each([
    ['a datagram', udpPacket({ payload: 'pay' })],
    ['a fragment after the first', ipPacket(6, Buffer.alloc(40), { place: 5 })],
  ])('can not be done to %s', (_what, packet) => {
    expect(decide(tamper, packet, { tamper: { how: 'rst' } })).toBeUndefined();
  });
});
