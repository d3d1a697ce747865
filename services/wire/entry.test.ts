import { expect, test } from '@jest/globals';
import { DOWN, icmpPacket, ipPacket, parsed, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import { Flows } from './decisions/flows.ts';
import { entryOf } from './entry.ts';

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
])('an entry names its packet: %s', (_what, bytes, fields) => {
  const packet = parsed(bytes);
  const flow = new Flows().of(packet, 'up');
  const struck = {
    direction: 'up',
    packet,
    flow,
    number: 5,
    fault: 'loss',
    detail: {},
    rule: undefined,
  } as const;
  expect(entryOf(struck)).toEqual({ direction: 'up', fault: 'loss', packet: 5, ...fields });
});

test('an entry has the detail of its fault, and the rule that decided', () => {
  const packet = parsed(udpPacket());
  const flow = new Flows().of(packet, 'down');
  const rule = 'delay udp 2 by 200ms';
  const struck = {
    direction: 'down',
    packet,
    flow,
    number: 2,
    fault: 'delay',
    detail: { delay_ms: 200 },
    rule,
  } as const;
  expect(entryOf(struck)).toMatchObject({
    direction: 'down',
    fault: 'delay',
    delay_ms: 200,
    rule,
    packet: 2,
  });
});

test.each(['S', 'SA', 'A', 'PA', 'FA', 'R', 'RA', 'FSRPAU', ''])('the flags are written: %s', (flags) => {
  const packet = parsed(tcpPacket({ ...DOWN, flags }));
  const flow = new Flows().of(packet, 'down');
  const struck = {
    direction: 'down',
    packet,
    flow,
    number: 1,
    fault: 'loss',
    detail: {},
    rule: undefined,
  } as const;
  expect(entryOf(struck)).toMatchObject({ flags });
});
