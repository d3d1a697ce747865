import { expect, test } from '@jest/globals';
import type { WireDecision } from '#lib/journal/wire-schema.ts';
import { parsed, udpPacket } from '#lib/packet/testing.ts';
import { reachOf } from './alike.ts';
import { FORWARDED } from './expected.ts';
import { keyedOf, OnTheWay } from './on-the-way.ts';
import { type Arrival, type Fate, Sent } from './sent.ts';

const packet = parsed(udpPacket({ id: 0, payload: 'Hey' }));
const whole = { from: 0, to: packet.bytes.length - packet.headerAt };
const arrival = { ...whole, isSame: true, frame: { number: 1, time: 9 } } as Arrival;

function sentPackets(count: number) {
  const onTheWay = new OnTheWay();
  const all = Array.from({ length: count }, (_, number) => {
    const captured = packet.bytes.length;
    return new Sent('client', { number, time: number, packet, captured }, number);
  });
  for (const sent of all) onTheWay.add(sent);
  const like = () => onTheWay.like(keyedOf(packet));
  return { onTheWay, all, known: () => [...like().sent.all()], awaited: () => [...like().open.all()] };
}

function fated(owner: Sent, copies: number): Fate {
  const entry = { fault: 'any' } as WireDecision;
  const expected = { ...FORWARDED, copies };
  return {
    owner,
    range: whole,
    entry,
    drops: [],
    expected,
    added: undefined,
    error: undefined,
    errorDrop: undefined,
    passed: 0,
  };
}

test('what has arrived is not looked at for another arrival, but is known', () => {
  const { onTheWay, all, known, awaited } = sentPackets(3);
  expect(awaited()).toEqual(all);
  all[0]!.arrivals.push(arrival);
  onTheWay.update(all[0]!);
  expect(awaited()).toEqual([all[1], all[2]]);
  expect(known()).toEqual(all);
});

test('a lost packet is not awaited, and a doubled one twice', () => {
  const { onTheWay, all, awaited } = sentPackets(2);
  const [lost, doubled] = all;
  lost!.fates.push(fated(lost!, 0));
  doubled!.fates.push(fated(doubled!, 2));
  for (const sent of all) onTheWay.update(sent);
  expect(awaited()).toEqual([doubled]);
  doubled!.arrivals.push(arrival);
  onTheWay.update(doubled!);
  expect(awaited()).toEqual([doubled]);
  doubled!.arrivals.push(arrival);
  onTheWay.update(doubled!);
  expect(awaited()).toEqual([]);
});

test('what is removed is gone, whether it is the oldest or not', () => {
  const { onTheWay, all, known, awaited } = sentPackets(3);
  onTheWay.remove(all[1]!);
  onTheWay.remove(all[0]!);
  expect(known()).toEqual([all[2]]);
  expect(awaited()).toEqual([all[2]]);
  onTheWay.remove(all[2]!);
  expect(known()).toEqual([]);
});

test.each([
  [[], 0],
  [[{ from: 4, to: 8 }], 0],
  [
    [
      { from: 4, to: 8 },
      { from: 0, to: 5 },
    ],
    8,
  ],
])('the ranges %j reach without a hole to %i', (ranges, reach) => {
  expect(reachOf(ranges)).toBe(reach);
});
