import { describe, expect, test } from '@jest/globals';
import { ACK, SYN } from '#analysis/capture/frames.ts';
import { carried, ports } from '#analysis/capture/testing.ts';
import type { Match } from '#analysis/join/finding.ts';
import { FrameComments } from '#analysis/join/frame-comments.ts';
import { Lab } from '#analysis/wire/testing.ts';
import { DOWN, tcpPacket } from '#lib/packet/testing.ts';
import { around, Ladders } from './ladders.ts';
import { LostPackets } from './lost-packets.ts';

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

describe('a packet that was lost on the way', () => {
  const [client_ip, client_port] = ['10.0.28.181', 40_000];
  const entry = { protocol: 'tcp', fault: 'none', client_ip, client_port };
  const begin = 1_796_000_000;

  /** The ladders of an exchange in frames 4 and 5, which begins at 10 s. */
  async function drawn(lab: Lab) {
    const comments = new FrameComments();
    const lost = new LostPackets(comments);
    for (const finding of await lab.find()) lost.take(finding);
    const ladders = new Ladders();
    const request = [{ number: 4, time: begin + 13 }];
    const match = { entry, request, response: [{ number: 5, time: begin + 14 }] } as unknown as Match;
    ladders.offer(match, lost);
    for (const { place, ...row } of rows('>S < > >a <a')) {
      ladders.take({ ...row, time: begin + 10 + place, flags: place === 0 ? SYN : ACK });
    }
    return ladders.draw(ports, comments, lost);
  }

  test('to the server is one of the client', async () => {
    const lab = new Lab();
    const segment = tcpPacket({ to: ports.echo, flags: 'AP', payload: 'Hey' });
    lab.send(segment, { time: 12.5, fault: 'loss' });
    const [plain, withLost] = await drawn(lab);
    expect(withLost!.title).toBe('Echo over TCP: none, with a packet that was lost on the way');
    expect(withLost!.rungs.filter(({ isLost }) => isLost)).toEqual([
      {
        ...{ frame: 2, at: 2.5, toServer: true, protocol: 'TCP', isLost: true, ofClient: true },
        info: `40000 → ${ports.echo} [PSH, ACK] Len=3`,
        bytes: '486579',
        comment: 'fault=loss lost on the way, seed alice, packet 1 up of a flow #1; wire.log entry 2',
      },
    ]);
    expect(withLost!.rungs.map(({ frame }) => frame)).toEqual([1, 2, 3, 2, 4, 5]);
    expect(plain!.rungs).toHaveLength(6);
  });

  test('to the client is marked', async () => {
    const lab = new Lab();
    for (const time of [11, 12, 12.5]) lab.see('server', time, tcpPacket({ source: '10.0.0.9' }));
    const answer = tcpPacket({ ...DOWN, from: ports.echo, to: 40_000, id: 8, payload: 'Hey' });
    lab.send(answer, { time: 14, fault: 'loss', arrives: [] });
    const [, withLost] = await drawn(lab);
    expect(withLost!.rungs.filter(({ isLost }) => isLost)).toMatchObject([{ frame: 5, toServer: false }]);
  });

  test('is no ladder where there is none', async () => {
    expect(await drawn(new Lab())).toHaveLength(1);
  });
});
