import { expect, test } from '@jest/globals';
import type { WireFinding } from '#analysis/wire/finding.ts';
import type { StartRecord } from '#lib/journal/lab-record.ts';
import type { Entry } from '#lib/journal/schema.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';
import { Tallies } from './tallies.ts';

let id = 0;

function at<Fields extends object>(seconds: number, fields: Fields) {
  id += 1;
  return { timestamp: new Date(seconds * 1000).toISOString(), id, ...fields } as unknown as Entry & WireEntry;
}

function start(seconds: number, profile: string): StartRecord {
  const faults = [{ server: 'http', profile, seed: 'alice' }];
  const program = { program: 'http', port: 8080, versions: { wirelab: '', node: '' }, addresses: {} };
  return { timestamp: new Date(seconds * 1000).toISOString(), ...program, faults };
}

const echo = { protocol: 'udp', length: 1, message: 1 };

test('a server has its profile, with the probability and the count of each outcome', () => {
  const tallies = new Tallies({ starts: [start(0, 'timeout=0.2,403=0.3')] });
  for (const outcome of ['403', '200', '403', '401']) tallies.read(at(1, { outcome }));
  expect(tallies.take()).toEqual([
    {
      ...{ decider: 'http', profile: 'timeout=0.2,403=0.3', seed: 'alice', total: 3 },
      counts: [
        { name: 'timeout', probability: 0.2, count: 0 },
        { name: '403', probability: 0.3, count: 2 },
        { name: '200', probability: 0.5, count: 1 },
      ],
    },
  ]);
  expect(tallies.take()).toBeUndefined();
});

test('counts begin again with another profile, and a script has no probabilities', () => {
  const tallies = new Tallies({ starts: [] });
  tallies.read(at(1, { ...echo, fault: 'loss' }));
  expect(tallies.take()).toMatchObject([{ decider: 'echo-udp', profile: 'unknown', total: 1 }]);
  tallies.read(at(2, { event: 'faults', server: 'echo-udp', profile: 'script:none,delay', seed: 'bob' }));
  tallies.read(at(3, { ...echo, fault: 'delay' }));
  const counts = [{ name: 'delay', probability: undefined, count: 1 }];
  expect(tallies.take()).toEqual([
    { decider: 'echo-udp', profile: 'script:none,delay', seed: 'bob', total: 1, counts },
  ]);
});

test('a server that starts again has its new profile at once', () => {
  const tallies = new Tallies({ starts: [start(0, 'none')] });
  tallies.read(at(1, { outcome: '200' }));
  tallies.extend([start(2, '500=1')]);
  expect(tallies.take()).toMatchObject([{ profile: '500=1', total: 0 }]);
});

test('the wire has a tally for each direction, with the packets that it saw', () => {
  const tallies = new Tallies({ starts: [] });
  const set = { up: { faults: 'loss=0.1' }, down: {} };
  const conditions = {
    event: 'wire',
    address: '10.0.77.1',
    seed: 'alice',
    up: 'faults loss=0.1',
    down: 'nothing',
  };
  tallies.readWire(at(1, { ...conditions, set, configured: set }));
  tallies.readWire(at(2, { direction: 'up', fault: 'loss' }));
  tallies.readWire(at(2, { direction: 'up', fault: 'tail-drop' }));
  const packet = { kind: 'packet', from: 'client', packets: 4 };
  for (const fortune of ['arrived', 'twice', 'stray'])
    tallies.takeWire({ ...packet, fortune } as WireFinding);
  expect(tallies.take()).toEqual([
    {
      ...{ decider: 'wire-up', profile: 'faults loss=0.1', seed: 'alice', total: 4 },
      counts: [
        { name: 'loss', probability: 0.1, count: 1 },
        { name: 'tail-drop', probability: undefined, count: 1 },
      ],
    },
    { decider: 'wire-down', profile: 'nothing', seed: 'alice', total: 0, counts: [] },
  ]);
});

test('packets after the end of the wire do not count as packets of the wire', () => {
  const tallies = new Tallies({ starts: [] });
  const set = { up: {}, down: {} };
  const conditions = {
    ...{ event: 'wire', address: '10.0.77.1', seed: 'alice', up: 'nothing', down: 'nothing' },
    ...{ set, configured: set },
  };
  const send = (time: number) =>
    tallies.takeWire({ kind: 'packet', from: 'client', packets: 1, fortune: 'arrived', time } as WireFinding);
  tallies.readWire(at(1, conditions));
  tallies.readWire(at(3, { event: 'end' }));
  for (const second of [2, 4, 5]) send(second);
  expect(tallies.take()).toMatchObject([{ total: 1 }, { total: 0 }]);
  tallies.readWire(at(6, conditions));
  send(7);
  expect(tallies.take()).toMatchObject([{ total: 1 }, { total: 0 }]);
});
