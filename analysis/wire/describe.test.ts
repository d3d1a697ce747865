import { expect, test } from '@jest/globals';
import { withoutEntries } from '#analysis/join/describe.ts';
import type { WireDecision } from '#lib/journal/wire-schema.ts';
import { describeWire, shownBy } from './describe.ts';
import type { WireMatch } from './finding.ts';

const entry: WireDecision = {
  timestamp: '2026-11-30T04:24:45.461Z',
  id: 3,
  direction: 'up',
  fault: 'delay',
  delay_ms: 3.96,
  flow: 'tcp 9090 #1',
  packet: 4,
  protocol: 'tcp',
  source: '10.0.142.133',
  destination: '10.0.28.182',
  ip_id: 1,
  bytes: 60,
  payload: 0,
};
const [sent, first, second] = [5, 8, 9].map((number) => ({ number, time: number }));

function match(fields: Partial<Omit<WireMatch, 'entry'>> = {}, of: Partial<WireDecision> = {}): WireMatch {
  return {
    ...{ kind: 'decision', entry: { ...entry, ...of }, reason: 'arrived', seed: 'alice', from: 'client' },
    ...{ sent, received: [first!], error: undefined, took: 0.0042, passed: 0, ...fields },
  };
}

const drop = { fault: 'tail-drop', delay_ms: undefined, queue_packets: 40, queue_bytes: 9_000 };

test.each<[WireMatch, string]>([
  [
    match(),
    'fault=delay 3.96 ms, 4.2 ms on the way, seed alice, packet 4 up of tcp 9090 #1; wire.log entry 3',
  ],
  [
    match({ seed: undefined }, { fault: 'duplicate', rule: 'duplicate tcp data 5' }),
    'fault=duplicate twice, delayed by 3.96 ms, 4.2 ms on the way, by the rule duplicate tcp data 5, packet 4 up of tcp 9090 #1; wire.log entry 3',
  ],
  [
    match({ reason: 'lost', took: undefined, received: [] }, drop),
    'fault=tail-drop 40 packets waited, seed alice, packet 4 up of tcp 9090 #1; wire.log entry 3',
  ],
  [
    match({ reason: 'arrived-early' }),
    'fault=delay 3.96 ms, the packet arrived before its delay was over, seed alice, packet 4 up of tcp 9090 #1; wire.log entry 3',
  ],
  [
    match({ reason: 'unknown-fault' }, { fault: 'melt', delay_ms: undefined }),
    'fault=melt, this version of wirelab does not know the fault, seed alice, packet 4 up of tcp 9090 #1; wire.log entry 3',
  ],
])('%#: a decision in one line, which make annotate knows again', (of, line) => {
  expect(describeWire(of)).toBe(line);
  expect(withoutEntries(`mine\n${line}`)).toBe('mine');
});

test('a lost packet shows in the capture of its sender, any other in that of its receiver', () => {
  expect(shownBy(match({ received: [] }))).toEqual({ host: 'client', frame: sent });
  expect(shownBy(match())).toEqual({ host: 'server', frame: first });
  expect(shownBy(match({ received: [first!, second!], from: 'server' }))).toEqual({
    host: 'client',
    frame: second,
  });
});
