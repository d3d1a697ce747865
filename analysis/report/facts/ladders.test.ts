import { describe, expect, test } from '@jest/globals';
import { ACK, SYN } from '#analysis/capture/frames.ts';
import { carried, ports } from '#analysis/capture/testing.ts';
import type { Match } from '#analysis/join/finding.ts';
import { FrameComments } from '#analysis/join/frame-comments.ts';
import { around, Ladders } from './ladders.ts';

type Row = Parameters<typeof around>[0][number];

/** Rows of one connection: `>` to the server, `<` from it; a letter is data, `S` a SYN, `T` a TLS handshake. */
function rows(text: string, from = 1): Row[] {
  return text.split(' ').map((one, place) => ({
    ...carried({
      ...{ number: from + place, time: place, toServer: one.startsWith('>') },
      text: /[Ta-z]$/.test(one) ? '0' : '',
    }),
    place,
    protocol: one.endsWith('T') ? 'TLSv1.3' : 'TCP',
    info: one.endsWith('S') ? '[SYN] Seq=0' : one.endsWith('T') ? 'Client Hello' : '[ACK] Seq=1',
  }));
}

const shown = ({ before, earlier, exchange }: ReturnType<typeof around>) => [
  before.map(({ number }) => number),
  earlier,
  exchange.map(({ number }) => number),
];

describe('a ladder', () => {
  test('of the first exchange begins with its connection', () => {
    expect(shown(around(rows('>S < > >a < <a >'), 4, 6))).toEqual([[1, 2, 3], 0, [4, 5, 6, 7]]);
  });

  test('over TLS begins with both handshakes', () => {
    expect(shown(around(rows('>S < > >T <T >T >a <a >'), 7, 8))).toEqual([[1, 2, 3, 4, 5, 6], 0, [7, 8, 9]]);
  });

  test('of a later exchange begins with its request, after the handshake and a gap', () => {
    const all = rows('>S < > >a <a > >b <b > >c <c');
    expect(shown(around(all, 7, 8))).toEqual([[1, 2, 3], 3, [7, 8, 9]]);
  });

  test('counts the frames between, also if they were not kept', () => {
    const all = rows('>S < > >a <a > >b <b >').filter(({ place }) => place < 3 || place > 5);
    expect(shown(around(all, 7, 8))).toEqual([[1, 2, 3], 3, [7, 8, 9]]);
  });

  test('of a reused port begins with the later connection', () => {
    const all = [...rows('>S < > >a <a >'), ...rows('>S < > >b <b', 11)];
    expect(shown(around(all, 14, 15))).toEqual([[11, 12, 13], 0, [14, 15]]);
  });

  test('of a connection that began before the capture begins with the request', () => {
    const all = rows('>a <a >b <b').map((row) => ({ ...row, place: Number.POSITIVE_INFINITY }));
    expect(shown(around(all, 3, 4))).toEqual([[], 0, [3, 4]]);
  });
});

test('a ladder of a port with many connections has that of its exchange', () => {
  const ladders = new Ladders();
  const entry = { protocol: 'tcp', fault: 'none', client_ip: '10.0.142.133', client_port: 40_000 };
  const match = { entry, request: [{ number: 5_004, time: 0 }], response: [{ number: 5_005, time: 0 }] };
  ladders.offer(match as unknown as Match);
  expect(ladders.filters).toEqual(['tcp.port == 40000 || udp.port == 40000']);
  for (let from = 1; from < 9_000; from += 1_000) {
    for (const { place: _, ...row } of rows('>S < > >a <a >', from)) {
      const isFirst = row.number === from;
      ladders.take({ ...row, flags: isFirst ? SYN : ACK });
    }
  }
  const [ladder] = ladders.draw(ports, new FrameComments());
  expect(ladder!.rungs.map(({ frame }) => frame)).toEqual([5_001, 5_002, 5_003, 5_004, 5_005, 5_006]);
});
