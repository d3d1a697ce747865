import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressNumber, addressText, type Packet, parsePacket, payloadOf, protocols } from './packet.ts';
import { anyBytes, icmpPacket, ipPacket, parsed, tcpPacket, udpPacket } from './testing.ts';

const bytesOf = (hex: string) => Buffer.from(hex, 'hex');

/** Made by Scapy. */
const SYN =
  '45000034123440004006db250a001cb50a001cb69c402382000003e800000000800220003efd0000020405b40402010303070000';
const DATA = '4500002f0001000040062d5e0a001cb50a001cb69c402382fffffffe0000004d50182000379a000070617920313030';
const UDP = '450000210002000040112d600a001cb50a001cb69c402383000daed368656c6c6f';
const ECHO = '450000240003000040012d6c0a001cb50a001cb60800665a000700096162636465666768';

describe('a packet', () => {
  test.each<[string, string, Partial<Packet>, string]>([
    [
      'a SYN with options',
      SYN,
      {
        protocol: 'tcp',
        sourcePort: 40_000,
        destinationPort: 9_090,
        id: 0x1234,
        mayFragment: false,
        payloadAt: 52,
        tcp: { sequence: 1_000, acknowledgment: 0, flags: 2 },
      },
      '',
    ],
    [
      'data',
      DATA,
      {
        protocol: 'tcp',
        mayFragment: true,
        payloadAt: 40,
        tcp: { sequence: 0xfffffffe, acknowledgment: 77, flags: 24 },
      },
      'pay 100',
    ],
    [
      'a datagram',
      UDP,
      { protocol: 'udp', sourcePort: 40_000, destinationPort: 9_091, payloadAt: 28, tcp: undefined },
      'hello',
    ],
    [
      'an echo request',
      ECHO,
      {
        protocol: 'icmp',
        sourcePort: 0,
        destinationPort: 0,
        icmp: { type: 8, code: 0, identifier: 7, sequence: 9 },
      },
      'abcdefgh',
    ],
  ])('is read: %s', (_what, hex, fields, payload) => {
    const packet = parsed(bytesOf(hex));
    expect(packet).toMatchObject({
      ...fields,
      source: 0x0a001cb5,
      destination: 0x0a001cb6,
      headerAt: 20,
      isLaterFragment: false,
    });
    expect(payloadOf(packet).toString()).toBe(payload);
  });

  test('begins after the options of its IP header', () => {
    const packet = parsed(
      tcpPacket({ options: Buffer.alloc(40, 1), tcpOptions: Buffer.alloc(40, 1), payload: 'Hey' }),
    );
    expect(packet).toMatchObject({ protocol: 'tcp', headerAt: 60, payloadAt: 120, sourcePort: 40_000 });
    expect(payloadOf(packet).toString()).toBe('Hey');
  });

  test('has no bytes after it', () => {
    const padded = Buffer.concat([bytesOf(UDP), Buffer.alloc(13, 0xee)]);
    expect(parsed(padded).bytes).toEqual(bytesOf(UDP));
  });

  test('may have 65535 bytes', () => {
    expect(payloadOf(parsed(udpPacket({ payload: Buffer.alloc(65_507) })))).toHaveLength(65_507);
  });
});

describe('no packet', () => {
  const changed = (at: number, ...bytes: number[]) => {
    const copy = bytesOf(DATA);
    copy.set(bytes, at);
    return copy;
  };

  test.each([
    ['no bytes', Buffer.alloc(0)],
    ['19 bytes', bytesOf(DATA).subarray(0, 19)],
    ['zeros', Buffer.alloc(64)],
    ['64 KiB of zeros', Buffer.alloc(65_536)],
    ['IPv6', changed(0, 0x65)],
    ['a header of 16 bytes', changed(0, 0x44)],
    ['a header longer than the packet', changed(0, 0x4f)],
    ['a length below the header', changed(2, 0, 19)],
    ['a length of 0', changed(2, 0, 0)],
    ['a packet that is cut', bytesOf(DATA).subarray(0, -1)],
  ])('is %s', (_what, bytes) => {
    expect(parsePacket(bytes)).toBeUndefined();
  });
});

describe('a fragment', () => {
  test.each([
    [6, 'tcp'],
    [17, 'udp'],
    [1, 'icmp'],
    [47, 'other'],
  ])('after the first, of the protocol %i, is one of %s without ports', (number, protocol) => {
    const packet = parsed(ipPacket(number, Buffer.alloc(24, 0xff), { place: 3 }));
    expect(packet).toMatchObject({
      protocol,
      isLaterFragment: true,
      sourcePort: 0,
      destinationPort: 0,
      payloadAt: 20,
      tcp: undefined,
      icmp: undefined,
    });
  });

  test('that is the first has ports, and the length of the whole datagram', () => {
    const whole = udpPacket({ payload: Buffer.alloc(100) });
    const first = ipPacket(17, whole.subarray(20, 68), { place: 0x2000 });
    expect(parsed(first)).toMatchObject({ protocol: 'udp', destinationPort: 9_091, isLaterFragment: false });
  });
});

describe('a packet counts as one of another protocol when', () => {
  const tcp = (length: number) => {
    const bytes = tcpPacket({ payload: 'Hey' });
    bytes[32] = length * 16;
    return bytes;
  };
  const udp = (length: number) => {
    const bytes = udpPacket({ payload: 'Hey' });
    bytes.writeUInt16BE(length, 24);
    return bytes;
  };

  test.each([
    ['its TCP header is cut', ipPacket(6, Buffer.alloc(19))],
    ['its TCP header says that it has 16 bytes', tcp(4)],
    ['its TCP header is longer than the packet', tcp(6)],
    ['its UDP header is cut', ipPacket(17, Buffer.alloc(7))],
    ['its datagram is shorter than a header', udp(7)],
    ['its datagram is longer than the packet', udp(12)],
    ['its ICMP header is cut', ipPacket(1, Buffer.alloc(7))],
    ['it is of no protocol of the wire', ipPacket(132, Buffer.alloc(30))],
  ])('%s', (_when, bytes) => {
    expect(parsed(bytes)).toMatchObject({
      protocol: 'other',
      headerAt: 20,
      payloadAt: 20,
      sourcePort: 0,
      destinationPort: 0,
      tcp: undefined,
      icmp: undefined,
    });
  });
});

test.each([
  [0, 7],
  [8, 7],
  [3, 0],
  [13, 0],
])('an ICMP message of type %i has the identifier %i', (type, identifier) => {
  expect(parsed(icmpPacket({ type })).icmp).toMatchObject({ type, identifier });
});

test('whatever comes is read without an error, and within its bytes', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const packet = parsePacket(bytes);
      if (!packet) return;
      expect(protocols).toContain(packet.protocol);
      expect(packet.headerAt).toBeLessThanOrEqual(packet.payloadAt);
      expect(packet.payloadAt).toBeLessThanOrEqual(packet.bytes.length);
      expect(packet.bytes.length).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['0.0.0.0', 0],
  ['10.0.28.182', 0x0a001cb6],
  ['255.255.255.255', 0xffffffff],
])('the address %s is the number %i', (text, number) => {
  expect(addressNumber(text)).toBe(number);
  expect(addressText(number)).toBe(text);
});
