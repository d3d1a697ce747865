import { expect, test } from '@jest/globals';
import { BEGINNING, Wire } from '#analysis/join/join-testing.ts';
import { type Datagram, encodeDatagram } from '#lib/transfer/datagram.ts';
import { TransferPlots } from './transfer-plots.ts';

const data: Datagram = {
  kind: 'DATA',
  id: '0123abcd',
  mode: 'go-back-n',
  sequence: 1,
  ack: 0,
  window: 0,
  payload: Buffer.from('hello'),
};
const ack = (number: number): Datagram => ({ ...data, kind: 'ACK', sequence: 0, ack: number });

function plot(draw: (udp: ReturnType<Wire['udp']>, wire: Wire) => void) {
  const wire = new Wire();
  wire.step = 0.5;
  draw(wire.udp(), wire);
  const plots = new TransferPlots();
  for (const frame of wire.frames) plots.take(frame, BEGINNING);
  return plots.facts();
}

test('a transfer to the server has its segments, retransmissions, and ACKs', () => {
  const [way, ...others] = plot((udp) => {
    udp.client(encodeDatagram({ ...data, kind: 'OPEN', sequence: 0 }));
    udp.answer(encodeDatagram(ack(1)));
    udp.client(encodeDatagram(data));
    udp.client(encodeDatagram(data));
  });
  expect(others).toEqual([]);
  expect(way).toEqual({
    id: '0123abcd',
    mode: 'go-back-n',
    toServer: true,
    retransmissions: 1,
    points: [
      { at: 0.5, kind: 'sent', sequence: 0, frame: 1 },
      { at: 1, kind: 'ack', sequence: 1, frame: 2 },
      { at: 1.5, kind: 'sent', sequence: 1, frame: 3 },
      { at: 2, kind: 'retransmission', sequence: 1, frame: 4 },
    ],
  });
});

test('the opposite direction of a transfer has a plot of its own', () => {
  const ways = plot((udp) => {
    udp.client(encodeDatagram(data));
    udp.answer(encodeDatagram(data));
    udp.client(encodeDatagram(ack(2)));
  });
  expect(ways).toMatchObject([
    { toServer: true, retransmissions: 0, points: [{ frame: 1 }] },
    { toServer: false, retransmissions: 0, points: [{ frame: 2 }, { kind: 'ack', frame: 3 }] },
  ]);
});

test('damaged datagrams, aborts and messages are left out', () => {
  const damaged = encodeDatagram(data);
  damaged[60]! ^= 1;
  const ways = plot((udp, wire) => {
    udp.client(damaged);
    udp.client(encodeDatagram({ ...data, kind: 'ABORT' }));
    udp.client('Hey');
    wire.tcp().client(encodeDatagram(data));
  });
  expect(ways).toEqual([]);
});

test('four plots are made, and retransmissions are counted beyond the last point', () => {
  const ways = plot((udp) => {
    for (let id = 1; id <= 5; id += 1) udp.client(encodeDatagram({ ...data, id: `0000000${id}` }));
    for (let time = 0; time < 3_100; time += 1) udp.client(encodeDatagram({ ...data, id: '00000001' }));
  });
  expect(ways.map(({ id }) => id)).toEqual(['00000001', '00000002', '00000003', '00000004']);
  expect(ways[0]!.points).toHaveLength(3_000);
  expect(ways[0]!.retransmissions).toBe(3_100);
});
