import { expect, test } from '@jest/globals';
import { Lab } from '#analysis/wire/testing.ts';
import { DOWN, udpPacket } from '#lib/packet/testing.ts';
import { WireEntries } from './wire-entries.ts';

async function listed(lab: Lab, host: string, json = false) {
  const lines: string[] = [];
  const entries = new WireEntries(host, { json, print: (line) => lines.push(line) });
  for (const finding of await lab.find()) entries.take(finding);
  return [...lines, ...entries.end()];
}

function lab(): Lab {
  const made = new Lab();
  made.send(udpPacket({ id: 1, payload: 'one' }), { time: 10, fault: 'loss' });
  made.send(udpPacket({ id: 2, payload: 'two' }), { time: 11, fault: 'duplicate', number: 2 });
  made.send(udpPacket({ ...DOWN, id: 3, payload: 'six' }), {
    time: 12,
    fault: 'duplicate',
    arrives: [],
    number: 3,
  });
  return made;
}

test('the capture of a host lists what was lost of its packets, and what arrived there', async () => {
  expect(await listed(lab(), 'client')).toEqual([
    '  Frame            Decision of the wire and its journal entry',
    '  2                fault=loss lost on the way, seed alice, packet 1 up of a flow #1; wire.log entry 2',
    '1 of 1 decisions of the wire confirmed by packets, 0 contradicted, 0 unknown. CAPTURE=server lists 2 more.',
  ]);
  expect(await listed(lab(), 'server')).toEqual([
    '  Frame            Decision of the wire and its journal entry',
    '  2 3              fault=duplicate twice, 1.0 ms on the way, seed alice, packet 2 up of a flow #1; wire.log entry 3; sent in frame 3 of the client',
    '! 4                fault=duplicate twice, what was decided to arrive is not in the capture of the receiver, seed alice, packet 3 down of a flow #1; wire.log entry 4',
    '1 of 2 decisions of the wire confirmed by packets, 1 contradicted, 0 unknown. CAPTURE=client lists 1 more.',
  ]);
});

test('each decision is an object in JSON, and the last one counts', async () => {
  const lines = (await listed(lab(), 'server', true)).map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { wire: { id: 3 }, verdict: 'confirmed', reason: 'arrived-twice', sent: 3, received: [2, 3], shows: 3 },
    { wire: { id: 4 }, verdict: 'contradicted', reason: 'not-arrived', from: 'server', received: [] },
    { wire: { confirmed: 1, contradicted: 1, unknown: 0, elsewhere: 1 } },
  ]);
});

test('a run without a wire has no line of it', async () => {
  expect(await listed(new Lab(), 'server')).toEqual([]);
});
