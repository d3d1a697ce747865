import { describe, expect, test } from '@jest/globals';
import { printedPacket } from './testing.ts';

const addresses = { '_ws.col.def_src': '10.0.142.133', '_ws.col.def_dst': '10.0.28.182' };
const segment = {
  ...addresses,
  ...{ 'frame.time_epoch': '1795325173.107143000', 'tcp.srcport': 40_000, 'tcp.dstport': 9090 },
  ...{ 'tcp.seq_raw': 123, 'tcp.ack_raw': 77, 'tcp.flags': '0x0018', 'tcp.payload': '486579' },
};
const carriedBy = (printed: Parameters<typeof printedPacket>[0]) => printedPacket(printed, [], 7).carried;

describe('a packet carries', () => {
  test('a TCP segment', () => {
    expect(carriedBy(segment)).toEqual({
      ...{ number: 7, time: 1795325173.107143, transport: 'tcp' },
      ...{ from: '10.0.142.133:40000', to: '10.0.28.182:9090', fromPort: 40_000, toPort: 9090 },
      ...{ server: 'echo', overTls: false, toServer: true },
      ...{ payload: Buffer.from('Hey'), seq: 123, ack: 77, flags: 0x18 },
    });
  });

  test('a UDP datagram', () => {
    const datagram = { ...addresses, 'udp.srcport': 9090, 'udp.dstport': 40_000, 'udp.payload': '486579' };
    const place = { transport: 'udp', server: 'echo', toServer: false, payload: Buffer.from('Hey') };
    expect(carriedBy(datagram)).toMatchObject(place);
  });

  test('nothing in an ICMP error, which has a copy of a datagram, or without ports', () => {
    expect(carriedBy({ ...segment, 'icmp.type': 3 })).toBeUndefined();
    expect(carriedBy({ ...segment, 'icmpv6.type': 1 })).toBeUndefined();
    expect(carriedBy(addresses)).toBeUndefined();
  });

  test('IPv6 addresses, in brackets', () => {
    const six = { ...segment, '_ws.col.def_src': 'fd00::1', '_ws.col.def_dst': 'fd00::2' };
    expect(carriedBy(six)).toMatchObject({ from: '[fd00::1]:40000', to: '[fd00::2]:9090' });
  });
});

test.each([
  [40_000, 8443, true, 'http', true],
  [8443, 40_000, false, 'http', true],
  [9090, 8080, true, 'http', false],
  [50_000, 53, true, undefined, false],
  [53, 50_000, false, undefined, false],
])('from port %i to port %i', (from, to, toServer, server, overTls) => {
  const ends = { 'tcp.srcport': from, 'tcp.dstport': to };
  expect(carriedBy({ ...segment, ...ends })).toMatchObject({ toServer, server, overTls });
});

test('a frame is truncated when fewer bytes were captured than it had, except an ICMP error', () => {
  const cut = { ...segment, 'frame.len': 90, 'frame.cap_len': 80 };
  const isTruncated = (printed: typeof cut & { 'icmp.type'?: number }) =>
    printedPacket(printed, []).isTruncated;
  expect([
    isTruncated(cut),
    isTruncated({ ...cut, 'frame.cap_len': 90 }),
    isTruncated({ ...cut, 'icmp.type': 3 }),
  ]).toEqual([true, false, false]);
});
