import { expect, test } from '@jest/globals';
import { Lab } from '#analysis/wire/testing.ts';
import { icmpPacket, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import { WireComparison } from './wire-comparison.ts';

async function compared(lab: Lab) {
  const comparison = new WireComparison();
  for (const finding of await lab.find()) comparison.take(finding);
  return comparison.result();
}

const datagram = (id: number) => udpPacket({ id, payload: `datagram ${id}` });

test('what the packets show is explained by the entries', async () => {
  const lab = new Lab();
  lab.send(datagram(1), { time: 10, fault: 'loss', number: 1 });
  lab.send(datagram(2), { time: 11, fault: 'duplicate', number: 2 });
  const detail = { offset: 30, bit: 0, before: '0x74', after: '0x75' };
  lab.send(datagram(3), { time: 12, fault: 'corruption', detail, number: 3 });
  lab.send(datagram(4), { time: 13, fault: 'reorder', detail: { by: 1 }, number: 4, took: 0.5 });
  lab.send(datagram(5), { time: 13.1 });
  lab.send(icmpPacket({ id: 6 }), { time: 14, fault: 'loss', arrives: [] });
  const { wire, ...facts } = await compared(lab);
  expect(facts).toMatchObject({
    ...{ arrived: 3, unknown: 0, inAll: { neverArrived: 2, altered: 1, late: 1, twice: 1 } },
    neverArrived: [
      { from: 'client', frame: 2, why: 'loss', entry: 2 },
      { from: 'client', frame: 7, why: 'loss', entry: 6 },
    ],
  });
  expect(wire).toMatchObject({
    lost: { all: 2, by: { loss: 2 }, without: 0 },
    altered: { all: 1, by: { corruption: 1 }, without: 0 },
    twice: { all: 1, by: { duplicate: 1 }, without: 0 },
    overtaken: { all: 1, by: { reorder: 1 }, without: 0 },
    late: { all: 1, by: { reorder: 1 }, without: 0 },
    stray: { all: 0 },
    decisions: { confirmed: 5, contradicted: 0, unknown: 0 },
    contradicted: [],
  });
});

test('what has no entry, and an entry that the packets do not show, are named', async () => {
  const lab = new Lab();
  lab.send(datagram(1), { time: 10, arrives: [] });
  lab.send(datagram(2), { time: 11, fault: 'duplicate', arrives: [] });
  lab.event(12, { event: 'missed', packets: 1 });
  const { neverArrived, wire } = await compared(lab);
  expect(wire).toMatchObject({
    lost: { all: 2, by: {}, without: 2 },
    missed: 1,
    contradicted: [
      { id: 2, decision: 'fault=duplicate twice', reason: 'not-arrived', host: 'client', frame: 3 },
    ],
  });
  expect(neverArrived).toMatchObject([{ frame: 2 }, { frame: 3 }]);
  expect(neverArrived.map(({ why }) => why)).toEqual([undefined, undefined]);
});

test('a list that is full gives way to packets without an entry', async () => {
  const lab = new Lab();
  for (let id = 1; id <= 101; id += 1) {
    lab.send(datagram(id), { time: 10 + id / 10, fault: 'loss', number: id });
  }
  lab.send(datagram(500), { time: 40, arrives: [] });
  const { inAll, neverArrived } = await compared(lab);
  expect(inAll.neverArrived).toBe(102);
  expect(neverArrived).toHaveLength(100);
  expect(neverArrived.filter(({ why }) => why === undefined)).toMatchObject([{ frame: 103 }]);
});

test('retransmissions are counted as without a wire', async () => {
  const lab = new Lab();
  lab.send(tcpPacket({ id: 1, sequence: 7, payload: 'Hey' }), { time: 10, fault: 'loss' });
  lab.send(tcpPacket({ id: 2, sequence: 7, payload: 'Hey' }), { time: 10.2 });
  expect(await compared(lab)).toMatchObject({ retransmissions: 1, arrived: 1 });
});

test('packets of a time that the capture of the receiver lacks may have arrived', async () => {
  const lab = new Lab();
  lab.send(datagram(1), { time: 50, fault: 'loss' });
  lab.send(datagram(2), { time: 50, arrives: [] });
  lab.gaps.push({ host: 'server', from: 50, to: 51 });
  expect(await compared(lab)).toMatchObject({
    ...{ unknown: 2, inAll: { neverArrived: 0 } },
    wire: { decisions: { unknown: 1, reasons: { 'capture-gap': 1 } } },
  });
});
