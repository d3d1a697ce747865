import { expect, test } from '@jest/globals';
import { DOWN, icmpPacket, ipPacket, parsed, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import { identity } from './entry.ts';
import { Flows } from './flows.ts';

const addresses = { source: '10.0.28.181', destination: '10.0.28.182' };

test.each([
  [
    'a segment',
    tcpPacket({ id: 7, flags: 'PA', sequence: 10, acknowledgment: 20, payload: '123456789' }),
    {
      flow: 'tcp 9090 #1',
      protocol: 'tcp',
      ...addresses,
      source_port: 40_000,
      destination_port: 9_090,
      ip_id: 7,
      bytes: 49,
      seq: 10,
      ack: 20,
      flags: 'PA',
      payload: 9,
      // The check value of CRC-32.
      crc: 'cbf43926',
    },
  ],
  [
    'a SYN',
    tcpPacket({ flags: 'S' }),
    {
      flow: 'tcp 9090 #1',
      protocol: 'tcp',
      ...addresses,
      source_port: 40_000,
      destination_port: 9_090,
      ip_id: 1,
      bytes: 40,
      seq: 1_000,
      ack: 0,
      flags: 'S',
      payload: 0,
    },
  ],
  [
    'a datagram',
    udpPacket({ payload: 'a' }),
    {
      flow: 'udp 9091 #1',
      protocol: 'udp',
      ...addresses,
      source_port: 40_000,
      destination_port: 9_091,
      ip_id: 1,
      bytes: 29,
      payload: 1,
      crc: 'e8b7be43',
    },
  ],
  [
    'an echo request',
    icmpPacket({ identifier: 7, sequence: 3 }),
    {
      flow: 'icmp #1',
      protocol: 'icmp',
      ...addresses,
      ip_id: 1,
      bytes: 28,
      icmp_type: 8,
      icmp_id: 7,
      icmp_seq: 3,
      payload: 0,
    },
  ],
  [
    'a fragment after the first',
    ipPacket(17, Buffer.from('a'), { place: 0x2000 + 185 }),
    {
      flow: 'udp fragments #1',
      protocol: 'udp',
      ...addresses,
      ip_id: 1,
      bytes: 21,
      fragment_at: 1_480,
      payload: 1,
      crc: 'e8b7be43',
    },
  ],
])('the fields of an entry name %s', (_what, bytes, fields) => {
  const packet = parsed(bytes);
  expect(identity('up', packet, new Flows().of(packet, 'up'), 5)).toEqual({
    direction: 'up',
    packet: 5,
    ...fields,
  });
});

test.each(['S', 'SA', 'A', 'PA', 'FA', 'R', 'RA', 'FSRPAU', ''])('the flags are written: %s', (flags) => {
  const packet = parsed(tcpPacket({ ...DOWN, flags }));
  expect(identity('down', packet, new Flows().of(packet, 'down'), 1)).toMatchObject({ flags });
});
