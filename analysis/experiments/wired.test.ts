import { expect, test } from '@jest/globals';
import { Lab } from '#analysis/wire/testing.ts';
import { udpPacket } from '#lib/packet/testing.ts';
import { conditions } from './wire-steps.ts';
import { inForce, observed } from './wire-testing.ts';
import { Wired } from './wired.ts';

const datagram = (id: number) => udpPacket({ id, payload: `datagram ${id}` });

test('packets and decisions belong to the conditions in force', async () => {
  const lab = new Lab();
  lab.send(datagram(1), { time: 5 });
  inForce(lab, 10, conditions.lostSyn);
  lab.send(datagram(2), { time: 11, fault: 'loss', number: 1 });
  lab.send(datagram(3), { time: 12 });
  inForce(lab, 20, conditions.lostAck);
  lab.send(datagram(4), { time: 21 });
  const { wired } = await observed(lab);
  const { sent, packets, decisions } = wired.under(conditions.lostSyn)!;
  expect(sent.map(({ packet }) => packet.id)).toEqual([2, 3]);
  expect(packets.map(({ packet, fortune }) => [packet.id, fortune])).toEqual([
    [2, 'lost'],
    [3, 'arrived'],
  ]);
  expect(decisions.map(({ reason }) => reason)).toEqual(['lost']);
  expect(wired.under(conditions.lostAck)!.sent.map(({ packet }) => packet.id)).toEqual([4]);
});

test('conditions that come back have the packets of both times', async () => {
  const lab = new Lab();
  inForce(lab, 10, conditions.plain);
  lab.send(datagram(1), { time: 11 });
  inForce(lab, 20, { up: {}, down: {} });
  lab.send(datagram(2), { time: 21 });
  inForce(lab, 30, conditions.plain);
  lab.send(datagram(3), { time: 31 });
  const { sent } = (await observed(lab)).wired.under(conditions.plain)!;
  expect(sent.map(({ packet }) => packet.id)).toEqual([1, 3]);
});

test('conditions end with the wire', async () => {
  const lab = new Lab();
  inForce(lab, 10, conditions.plain);
  lab.send(datagram(1), { time: 11 });
  lab.event(20, { event: 'end' });
  lab.send(datagram(2), { time: 21 });
  const { sent } = (await observed(lab)).wired.under(conditions.plain)!;
  expect(sent.map(({ packet }) => packet.id)).toEqual([1]);
});

test.each([
  ['others', conditions.lostSegment],
  ['one more', { ...conditions.lostSyn, down: { delay: '1ms' } }],
  ['one less', { up: {}, down: {} }],
])('conditions that were not in force have no packets: %s', async (_what, other) => {
  const lab = new Lab();
  inForce(lab, 10, other === conditions.lostSegment ? conditions.lostSyn : other);
  const wanted = other === conditions.lostSegment ? other : conditions.lostSyn;
  expect((await observed(lab)).wired.under(wanted)).toBeUndefined();
});

test('a run without a wire has used none', async () => {
  expect(new Wired().isUsed).toBe(false);
  expect((await observed(new Lab())).wired.isUsed).toBe(true);
});
