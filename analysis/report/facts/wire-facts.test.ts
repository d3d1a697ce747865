import { expect, test } from '@jest/globals';
import { Lab } from '#analysis/wire/testing.ts';
import { DOWN, udpPacket } from '#lib/packet/testing.ts';
import { WireReport } from './wire-facts.ts';

const BEGAN = 1_796_000_000;
const up = (id: number) => udpPacket({ id, payload: `up ${id}` });

async function factsOf(lab: Lab) {
  const report = new WireReport();
  for (const finding of await lab.find()) report.take(finding);
  return report.facts(BEGAN);
}

function wire(set: { up: object; down: object }, text = 'some') {
  return { event: 'wire', address: '10.0.77.1', seed: 'alice', up: text, down: text, set };
}

test('the share of a fault is that of its confirmed decisions among all packets of the time and direction', async () => {
  const lab = new Lab();
  lab.event(5, wire({ up: { faults: 'loss=0.5,duplicate=0.1' }, down: {} }));
  for (let id = 1; id <= 10; id += 1) {
    const fault = id <= 4 ? 'loss' : undefined;
    lab.send(up(id), { time: 10 + id / 10, fault, number: id });
  }
  lab.send(up(11), { time: 12, fault: 'loss', arrives: [up(11)], number: 11 });
  lab.send(udpPacket({ ...DOWN, id: 12, payload: 'down' }), { time: 13, fault: 'loss' });
  const { faults, conditions, decisions } = (await factsOf(lab))!;
  expect(conditions.map(({ up: text }) => text)).toEqual(['nothing', 'some']);
  expect(faults).toMatchObject([
    { direction: 'up', fault: 'loss', configured: 0.5, packets: 11, decided: 5, confirmed: 4 },
    { direction: 'up', fault: 'duplicate', configured: 0.1, packets: 11, decided: 0, confirmed: 0 },
    { direction: 'down', fault: 'loss', configured: undefined, packets: 1, decided: 1, confirmed: 1 },
  ]);
  expect(faults[0]!.low).toBeLessThan(4 / 11);
  expect(faults[0]!.high).toBeGreaterThan(4 / 11);
  expect(decisions).toMatchObject({ confirmed: 5, contradicted: 1 });
});

test('each time with other conditions has its own shares', async () => {
  const lab = new Lab();
  lab.event(5, wire({ up: { faults: 'loss=1' }, down: {} }));
  lab.send(up(1), { time: 10, fault: 'loss' });
  lab.event(20, wire({ up: { faults: 'loss=0.2' }, down: {} }));
  lab.send(up(2), { time: 30 });
  expect((await factsOf(lab))!.faults).toMatchObject([
    { configured: 1, packets: 1, decided: 1 },
    { configured: 0.2, packets: 1, decided: 0 },
  ]);
});

test('packets after the end of the wire count nowhere', async () => {
  const lab = new Lab();
  lab.event(5, wire({ up: { faults: 'loss=0.5' }, down: {} }));
  lab.send(up(1), { time: 10, fault: 'loss' });
  lab.event(20, { event: 'end' });
  lab.send(up(2), { time: 30 });
  expect((await factsOf(lab))!.faults).toMatchObject([{ configured: 0.5, packets: 1, decided: 1 }]);
});

test('a probability that a filter limits is not compared', async () => {
  const lab = new Lab();
  lab.event(5, wire({ up: { faults: 'loss=0.5', filter: 'tcp' }, down: {} }));
  lab.send(up(1), { time: 10, fault: 'loss' });
  expect((await factsOf(lab))!.faults).toMatchObject([{ fault: 'loss', configured: undefined, decided: 1 }]);
});

test.each([
  ['replace Pay Pal', undefined],
  ['rst', undefined],
  ['replay 200ms', 1],
])('the probability of the rule %s is compared only if every packet fits it', async (tamper, configured) => {
  const lab = new Lab();
  lab.event(5, wire({ up: { faults: 'tamper=1', tamper }, down: {} }));
  lab.send(up(1), { time: 10, fault: 'tamper', detail: { tamper: 'replay', again_ms: 200 } });
  lab.send(up(2), { time: 11, number: 2 });
  expect((await factsOf(lab))!.faults).toMatchObject([{ fault: 'tamper', configured, decided: 1 }]);
});

test('delays are those of the journal and those between both frames', async () => {
  const lab = new Lab();
  for (let id = 1; id <= 20; id += 1) {
    lab.send(up(id), { time: 10 + id, fault: 'delay', detail: { delay_ms: id }, took: id / 500, number: id });
  }
  const { delays } = (await factsOf(lab))!;
  expect(delays).toMatchObject({ count: 20 });
  const half = delays!.shares.find(({ share }) => share === 0.5)!;
  expect([half.decided, half.seen].map((seconds) => Math.round(1_000 * seconds))).toEqual([10, 20]);
});

test('the queue is followed in each direction where packets waited', async () => {
  const lab = new Lab();
  for (const [at, packets] of [3, 40, 12].entries()) {
    lab.event(10 + at, { event: 'queue', direction: 'down', packets, bytes: 0, dropped: at });
  }
  const { queues } = (await factsOf(lab))!;
  expect(queues).toEqual([
    {
      direction: 'down',
      dropped: 3,
      points: [3, 40, 12].map((packets, at) => ({ at: 10 + at, packets })),
    },
  ]);
});

test('a run without a wire has no facts', () => {
  expect(new WireReport().facts(BEGAN)).toBeUndefined();
});
