import { describe, expect, test } from '@jest/globals';
import type { Packet } from '#lib/packet/packet.ts';
import { DOWN, icmpPacket, ipPacket, parsed, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import { Flows } from './flows.ts';

const syn = (from: number, sequence = 1_000) => parsed(tcpPacket({ from, sequence, flags: 'S' }));
const up = (from: number) => parsed(tcpPacket({ from }));
const down = (to: number) => parsed(tcpPacket({ ...DOWN, from: 9_090, to }));

describe('a flow', () => {
  test('has a name that does not depend on the port of the client', () => {
    for (const port of [40_000, 50_000]) {
      const flows = new Flows();
      expect(flows.of(syn(port), 'up')).toMatchObject({ name: 'tcp 9090 #1', number: 1 });
      expect(flows.of(syn(port + 1), 'up')).toMatchObject({ name: 'tcp 9090 #2', number: 2 });
    }
  });

  test('has both directions of a connection, and each packet of it', () => {
    const flows = new Flows();
    const flow = flows.of(syn(40_000), 'up');
    expect(flows.of(down(40_000), 'down')).toBe(flow);
    expect(flows.of(up(40_000), 'up')).toBe(flow);
    expect(flows.of(up(40_001), 'up')).not.toBe(flow);
  });

  test('goes on with a retransmitted SYN, and another SYN begins another', () => {
    const flows = new Flows();
    const flow = flows.of(syn(40_000), 'up');
    expect(flows.of(syn(40_000), 'up')).toBe(flow);
    const next = flows.of(syn(40_000, 77), 'up');
    expect(next.name).toBe('tcp 9090 #2');
    expect(flows.of(down(40_000), 'down')).toBe(next);
  });

  test('of which the wire saw no beginning ends with a SYN', () => {
    const flows = new Flows();
    expect(flows.of(up(40_000), 'up').name).toBe('tcp 9090 #1');
    expect(flows.of(syn(40_000), 'up').name).toBe('tcp 9090 #2');
  });

  test.each([
    ['data to the server', tcpPacket(), 'up', 'tcp 9090 #1'],
    ['data to the client', tcpPacket({ ...DOWN, from: 9_090, to: 40_000 }), 'down', 'tcp 9090 #1'],
    [
      'a SYN of the server host',
      tcpPacket({ ...DOWN, from: 50_000, to: 20, flags: 'S' }),
      'down',
      'tcp 20 #1',
    ],
    ['the answer to it', tcpPacket({ from: 20, to: 50_000, flags: 'SA' }), 'up', 'tcp 20 #1'],
    ['a datagram to the server', udpPacket(), 'up', 'udp 9091 #1'],
    ['a datagram to the client', udpPacket({ ...DOWN, from: 9_091, to: 40_000 }), 'down', 'udp 9091 #1'],
    ['an echo request', icmpPacket(), 'up', 'icmp #1'],
    ['a fragment after the first', ipPacket(17, Buffer.alloc(8), { place: 1 }), 'up', 'udp fragments #1'],
    ['another protocol', ipPacket(132, Buffer.alloc(8)), 'up', 'other #1'],
  ] as const)('has the port of the server in its name: %s', (_what, bytes, direction, name) => {
    expect(new Flows().of(parsed(bytes), direction).name).toBe(name);
  });

  test('of ICMP has one identifier, both ways', () => {
    const flows = new Flows();
    const flow = flows.of(parsed(icmpPacket({ identifier: 7 })), 'up');
    expect(flows.of(parsed(icmpPacket({ ...DOWN, type: 0, identifier: 7, sequence: 2 })), 'down')).toBe(flow);
    expect(flows.of(parsed(icmpPacket({ identifier: 8 })), 'up').name).toBe('icmp #2');
  });

  test('is counted from 1 again after all were forgotten', () => {
    const flows = new Flows();
    flows.of(syn(40_000), 'up');
    flows.clear();
    expect(flows.of(syn(40_000), 'up').name).toBe('tcp 9090 #1');
  });
});

describe('of more than 16384 flows', () => {
  const packet = up(40_000);
  const from = (source: number) => ({ ...packet, source });

  test('the one that was silent for longest is forgotten', () => {
    const flows = new Flows();
    const [first, second] = [flows.of(from(0), 'up'), flows.of(from(1), 'up')];
    for (let source = 2; source < 16_384; source += 1) flows.of(from(source), 'up');
    expect(flows.of(from(0), 'up')).toBe(first);
    flows.of(from(16_384), 'up');
    expect(flows.of(from(0), 'up')).toBe(first);
    expect(flows.of(from(1), 'up')).not.toBe(second);
  });

  test('to different ports, the numbers of a port in use go on, and those of others begin again', () => {
    const flows = new Flows();
    const flow = (of: Partial<Packet>) => flows.of({ ...packet, ...of }, 'up').name;
    const flood = { ...packet, source: 1 };
    flow({ source: 2, destinationPort: 1 });
    flow({ source: 2 });
    // Two protocols have more such ports than there are flows.
    for (const protocol of ['tcp', 'udp'] as const) {
      for (let destinationPort = 10_000; destinationPort < 22_000; destinationPort += 1) {
        flows.of(Object.assign(flood, { protocol, destinationPort }), 'up');
      }
      flow({ source: protocol === 'tcp' ? 3 : 4 });
    }
    expect(flow({ source: 5 })).toBe('tcp 9090 #4');
    expect(flow({ source: 5, destinationPort: 1 })).toBe('tcp 1 #1');
  });
});
