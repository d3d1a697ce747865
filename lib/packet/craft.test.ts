import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checksumAt, fragmentationNeeded, fragmentsOf, giveBackHop, replaced, resetAfter } from './craft.ts';
import { addressNumber, payloadOf } from './packet.ts';
import {
  headerSum,
  icmpPacket,
  ipPacket,
  parsed,
  rightPackets,
  summed,
  sumOf,
  tcpPacket,
  udpPacket,
} from './testing.ts';

const hundred = Buffer.from(Array.from({ length: 100 }, (_, index) => index));

describe('the place of the checksum', () => {
  test.each([
    ['TCP', tcpPacket(), 36],
    ['UDP', udpPacket(), 26],
    ['ICMP', icmpPacket(), 22],
    ['TCP after options', tcpPacket({ options: Buffer.alloc(8, 1) }), 44],
    ['another protocol', ipPacket(132, Buffer.alloc(40)), undefined],
    ['a fragment after the first', ipPacket(6, Buffer.alloc(40), { place: 1 }), undefined],
  ])('of %s is known', (_what, bytes, at) => {
    expect(checksumAt(parsed(bytes))).toBe(at);
  });
});

describe('a packet with replaced bytes', () => {
  test('has them, and leaves the given packet as it was', () => {
    const packet = parsed(tcpPacket({ payload: 'pay 100' }));
    const before = Buffer.from(packet.bytes);
    const copy = replaced(packet, 4, Buffer.from('999'));
    expect(payloadOf(parsed(copy)).toString()).toBe('pay 999');
    expect(packet.bytes).toEqual(before);
  });

  test('has right checksums at any offset', () => {
    fc.assert(
      fc.property(
        rightPackets.map(parsed).filter((packet) => payloadOf(packet).length > 0),
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 20 }),
        (packet, at, drawn) => {
          const { length } = payloadOf(packet);
          const offset = at % length;
          const copy = replaced(packet, offset, Buffer.from(drawn.subarray(0, length - offset)));
          expect(headerSum(copy)).toBe(0xffff);
          // A first fragment alone has the checksum of the whole packet, but here it has its own.
          expect(sumOf(summed(copy))).toBe(0xffff);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('keeps a wrong checksum as wrong as it was', () => {
    const bytes = tcpPacket({ payload: 'Hey!' });
    bytes[36]! ^= 0x10;
    const wrong = sumOf(summed(bytes));
    expect(wrong).not.toBe(0xffff);
    expect(sumOf(summed(replaced(parsed(bytes), 0, Buffer.from('Hoy'))))).toBe(wrong);
  });

  test.each([5, 6])('does not sum bytes after a datagram of %i bytes', (length) => {
    const datagram = udpPacket({ payload: 'Hey you'.slice(0, length) });
    const longer = ipPacket(17, Buffer.concat([datagram.subarray(20), Buffer.from('Hey')]));
    const copy = replaced(parsed(longer), length - 2, Buffer.from('Bye'));
    const own = copy.subarray(0, datagram.length);
    own.writeUInt16BE(datagram.length, 2);
    expect(sumOf(summed(own))).toBe(0xffff);
    expect(replaced(parsed(longer), length, Buffer.from('Bye')).subarray(20, 28)).toEqual(
      longer.subarray(20, 28),
    );
  });

  test('keeps the 0 of a datagram without a checksum', () => {
    const bytes = udpPacket({ payload: 'hello' });
    bytes.writeUInt16BE(0, 26);
    expect(replaced(parsed(bytes), 0, Buffer.from('j')).readUInt16BE(26)).toBe(0);
  });

  test('has the checksum 0xffff where UDP would have 0', () => {
    const right = udpPacket({ payload: Buffer.alloc(2) });
    // The word that was 0 becomes the checksum, so that the sum of all others is 0xffff.
    const word = right.subarray(26, 28);
    const copy = replaced(parsed(right), 0, word);
    expect(copy.readUInt16BE(26)).toBe(0xffff);
    expect(sumOf(summed(copy))).toBe(0xffff);
  });
});

describe('a hop that is given back', () => {
  test.each([0, 1, 63, 254])('makes %i one more, and the header stays right', (ttl) => {
    const bytes = udpPacket({ ttl, payload: 'hello' });
    giveBackHop(bytes);
    expect(bytes).toEqual(udpPacket({ ttl: ttl + 1, payload: 'hello' }));
  });

  test('leaves 255 alone', () => {
    const bytes = udpPacket({ ttl: 255 });
    giveBackHop(bytes);
    expect(bytes).toEqual(udpPacket({ ttl: 255 }));
  });

  test('keeps a header with a wrong checksum wrong', () => {
    const bytes = udpPacket();
    bytes[10]! ^= 1;
    giveBackHop(bytes);
    expect(headerSum(bytes)).not.toBe(0xffff);
  });
});

describe('a reset after a segment', () => {
  test('has the bytes that Scapy makes', () => {
    const segment = tcpPacket({ sequence: 0xfffffffe, acknowledgment: 77, flags: 'PA', payload: 'pay 100' });
    expect(resetAfter(parsed(segment)).toString('hex')).toBe(
      '450000280000000040062d660a001cb50a001cb69c402382000000050000004d50140000a2510000',
    );
  });

  test.each([
    ['S', '', 1_001, 'R'],
    ['SA', '', 1_001, 'RA'],
    ['A', '', 1_000, 'RA'],
    ['A', 'Hey', 1_003, 'RA'],
    ['FA', 'Hey', 1_004, 'RA'],
    ['F', '', 1_001, 'R'],
  ])('of %s with "%s" has the number %i and the flags %s', (flags, payload, sequence, resetFlags) => {
    const reset = resetAfter(parsed(tcpPacket({ flags, payload, acknowledgment: 5 })));
    expect(parsed(reset).tcp).toEqual(
      parsed(tcpPacket({ sequence, flags: resetFlags, acknowledgment: 5 })).tcp,
    );
    expect(headerSum(reset)).toBe(0xffff);
    expect(sumOf(summed(reset))).toBe(0xffff);
  });
});

describe('the error that a packet is too large', () => {
  const wire = { mtu: 600, from: addressNumber('10.0.28.1') };

  test('has the bytes that Scapy makes', () => {
    const packet = tcpPacket({
      sequence: 5,
      acknowledgment: 77,
      place: 0x4000,
      payload: Buffer.alloc(1_460),
    });
    expect(fragmentationNeeded(parsed(packet), wire).toString('hex')).toBe(
      '450000380000000040012e100a001c010a001cb503043adc00000258' +
        '450005dc000140004006e7b00a001cb50a001cb69c40238200000005',
    );
  });

  test('quotes the options of the IP header, and 8 bytes after it', () => {
    const packet = udpPacket({ options: Buffer.alloc(40, 1), payload: hundred });
    const error = fragmentationNeeded(parsed(packet), wire);
    expect(error.subarray(28)).toEqual(packet.subarray(0, 68));
    expect(sumOf(summed(error))).toBe(0xffff);
  });

  test('quotes what there is of a short packet', () => {
    const packet = ipPacket(47, Buffer.alloc(3));
    expect(fragmentationNeeded(parsed(packet), wire).subarray(28)).toEqual(packet);
  });
});

describe('the fragments', () => {
  test('have the bytes that Scapy makes', () => {
    const packet = udpPacket({ id: 4, from: 1, to: 2, payload: hundred });
    expect(fragmentsOf(parsed(packet), 68).map((bytes) => bytes.toString('hex'))).toEqual([
      `450000440004200040110d3b0a001cb50a001cb600010002006c15db${hundred.toString('hex', 0, 40)}`,
      `450000440004200640110d350a001cb50a001cb6${hundred.toString('hex', 40, 88)}`,
      `450000200004000c40112d530a001cb50a001cb6${hundred.toString('hex', 88)}`,
    ]);
  });

  test('after the first have only the options that are copied', () => {
    const routerAlert = '94040000';
    const recordRoute = '07070400000000';
    const options = Buffer.from(`${routerAlert}${recordRoute}01`, 'hex');
    const fragments = fragmentsOf(parsed(udpPacket({ options, payload: hundred })), 80);
    expect(fragments.map((bytes) => bytes.toString('hex', 20, 32))).toEqual([
      `${routerAlert}${recordRoute}01`,
      `${routerAlert}0101010101010101`,
      `${routerAlert}0101010101010101`,
    ]);
    expect(fragments.map(headerSum)).toEqual([0xffff, 0xffff, 0xffff]);
  });

  test.each(['07000000', '07010000', '0000ffff', '07ff0000', '8300aaaa'])(
    'keep their length with the options %s, which are wrong',
    (hex) => {
      const packet = udpPacket({ options: Buffer.from(hex, 'hex'), payload: hundred });
      expect(fragmentsOf(parsed(packet), 72).map(({ length }) => length)).toEqual([72, 72, 36]);
    },
  );

  test('of a fragment continue its place, and more follow the last', () => {
    const fragment = ipPacket(17, hundred.subarray(0, 96), { place: 0x2000 + 100 });
    expect(fragmentsOf(parsed(fragment), 68).map((bytes) => bytes.readUInt16BE(6))).toEqual([
      0x2000 + 100,
      0x2000 + 106,
    ]);
  });

  test('end where an IP packet ends', () => {
    const fragment = ipPacket(17, hundred, { place: 0x1fff });
    expect(fragmentsOf(parsed(fragment), 68).map((bytes) => bytes.readUInt16BE(6))).toEqual([0x3fff]);
  });

  test('put together are the packet', () => {
    fc.assert(
      fc.property(rightPackets.map(parsed), fc.integer({ min: 68, max: 150 }), (packet, mtu) => {
        const fragments = fragmentsOf(packet, mtu).map(parsed);
        const contents = fragments.map(({ bytes, headerAt }) => bytes.subarray(headerAt));
        expect(Buffer.concat(contents)).toEqual(packet.bytes.subarray(packet.headerAt));
        for (const { bytes, id } of fragments) {
          expect(bytes.length).toBeLessThanOrEqual(mtu);
          expect(headerSum(bytes)).toBe(0xffff);
          expect(id).toBe(packet.id);
        }
      }),
    );
  });
});
