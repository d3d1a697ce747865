import { expect, test } from '@jest/globals';
import { ports } from '#analysis/capture/testing.ts';
import { CLIENT, DOWN, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import { Disturbances } from './disturbances.ts';
import { Lab } from './testing.ts';

const talk = { server: 'echo', transport: 'udp', client: `${CLIENT}:40000` } as const;
const always = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const up = (id: number) => udpPacket({ id, to: ports.echo, payload: `message ${id}` });
const down = (id: number) => udpPacket({ ...DOWN, id, from: ports.echo, to: 40_000, payload: `echo ${id}` });

async function disturbedBy(lab: Lab) {
  const disturbances = new Disturbances(ports);
  for (const finding of await lab.find()) disturbances.take(finding);
  return { client: disturbances.of('client'), server: disturbances.of('server') };
}

test('packets that arrive as they were sent disturb nothing', async () => {
  const lab = new Lab();
  lab.send(up(1), { time: 10, fault: 'delay', detail: { delay_ms: 3 }, took: 0.004 });
  const { client, server } = await disturbedBy(lab);
  expect([client.has(talk, always), client.skips(2), server.skips(2)]).toEqual([false, false, false]);
});

test('the server has never seen a datagram that was lost on the way to it', async () => {
  const lab = new Lab();
  lab.send(up(1), { time: 10, fault: 'loss' });
  const { client, server } = await disturbedBy(lab);
  expect([client.skips(2), client.has(talk, always)]).toEqual([true, true]);
  // The capture of the server has all that its journal is about.
  expect([server.skips(2), server.has(talk, always)]).toEqual([false, false]);
});

test('the lost bytes of a connection are sent again, so their frame counts', async () => {
  const lab = new Lab();
  lab.send(tcpPacket({ to: ports.echo, payload: 'Hey' }), { time: 10, fault: 'loss' });
  const { client } = await disturbedBy(lab);
  expect([client.skips(2), client.has({ ...talk, transport: 'tcp' }, always)]).toEqual([false, true]);
});

test('the server sent a datagram once that arrives twice', async () => {
  const lab = new Lab();
  lab.send(down(1), { time: 10, fault: 'duplicate' });
  const { client } = await disturbedBy(lab);
  expect([2, 3].map((frame) => client.skips(frame))).toEqual([false, true]);
});

test('the wire made the second copy of a segment, which TCP discards; a datagram reaches the program again', async () => {
  const lab = new Lab();
  const segment = tcpPacket({ to: ports.echo, payload: 'Pay' });
  lab.send(segment, { time: 10, fault: 'duplicate' });
  lab.send(up(2), { time: 20, fault: 'duplicate', number: 2 });
  const { client, server } = await disturbedBy(lab);
  expect([2, 3, 4, 5].map((frame) => server.adds(frame))).toEqual([false, true, false, false]);
  expect([2, 3, 4, 5].map((frame) => client.adds(frame))).toEqual([false, false, false, false]);
});

test('a host ignores a packet with a wrong checksum', async () => {
  const lab = new Lab();
  const detail = { offset: 30, bit: 0, before: '0x73', after: '0x72' };
  lab.send(up(1), { time: 10, fault: 'corruption', detail });
  lab.send(down(2), { time: 20, fault: 'corruption', detail, number: 2 });
  const { client, server } = await disturbedBy(lab);
  expect([client.skips(2), client.skips(3), server.skips(2), server.skips(3)]).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

test('a conversation is disturbed around the time of its packets', async () => {
  const lab = new Lab();
  const at = (await lab.find()).length;
  expect(at).toBeGreaterThan(0);
  lab.send(up(1), { time: 10, fault: 'loss' });
  const { client } = await disturbedBy(lab);
  const begin = 1_796_000_000;
  expect(client.has(talk, { from: begin + 9, to: begin + 11 })).toBe(true);
  expect(client.has(talk, { from: begin + 20, to: begin + 30 })).toBe(false);
  expect(client.has({ ...talk, client: `${CLIENT}:40001` }, always)).toBe(false);
});

test('a decision that no capture shows may concern the captures of both hosts', async () => {
  const lab = new Lab();
  lab.decide(up(1), { time: 10, fault: 'corruption' });
  lab.decide(up(2), { time: 50, fault: 'delay', detail: { delay_ms: 1 }, number: 2 });
  lab.gaps.push({ host: 'client', from: 0, to: 100 });
  const { client, server } = await disturbedBy(lab);
  const begin = 1_796_000_000;
  const within = (at: number) => ({ from: begin + at - 1, to: begin + at + 1 });
  expect([client.has(talk, within(10)), server.has(talk, within(10))]).toEqual([true, true]);
  expect([client.has(talk, within(50)), server.has(talk, within(50))]).toEqual([false, false]);
});
