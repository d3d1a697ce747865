import { expect, test } from '@jest/globals';
import type { FrameValues } from '#analysis/capture/read-values.ts';
import type { FlowFacts } from '#analysis/flows/facts.ts';
import type { EventNamed } from '#lib/journal/schema.ts';
import { evidenceOf } from '../checks/testing.ts';
import { Conditions } from './conditions.ts';
import { flowFact, flowOf, transferOf } from './flows.ts';
import { framesIfAny, framesOf } from './frames.ts';
import { measure } from './measure.ts';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const time = (second: number) => Date.parse(at(second)) / 1000;

function transfer(id: string, second: number, bytes = 5): EventNamed<'transfer'> {
  const known = { state: 'received', mode: 'go-back-n', window: 4, seconds: 2 } as const;
  return {
    ...{ timestamp: at(second), event: 'transfer', id: 1, client_ip: '10.0.1.2', client_port: 4_000 },
    ...{ transfer: id, bytes, ...known },
  } as EventNamed<'transfer'>;
}

function flow(began: number, others: Partial<FlowFacts> = {}): FlowFacts {
  return {
    ...{
      sender: 'client',
      client: '10.0.1.2:40000',
      server: '10.0.28.182:5201',
      began: at(began),
      bytes: 2e6,
    },
    ...{ seconds: 2, window: [], queue: [], flight: [], retransmitted: [] },
    ...others,
  } as unknown as FlowFacts;
}

function evidence(transfers: EventNamed<'transfer'>[], flows: FlowFacts[] = []) {
  const one = evidenceOf([]);
  one.transfers = async () => transfers;
  one.flows = async () => flows;
  one.conditions = async () =>
    new Conditions([
      { from: time(10), set: { up: { queue: '400' }, down: {} } },
      { from: time(20), set: { up: { queue: '20' }, down: {} } },
    ]);
  return one;
}

test('a transfer is the last one that began under the conditions', async () => {
  const run = evidence([transfer('00000001', 15), transfer('00000002', 21), transfer('00000003', 30)]);
  expect(await transferOf(run, { wire: { queue: 400 } })).toMatchObject({ transfer: '00000002' });
  expect(await transferOf(run, { wire: { queue: 20 } })).toMatchObject({ transfer: '00000003' });
  expect(await transferOf(run, { wire: { queue: 30 } })).toBeUndefined();
});

test('a transfer can have a certain number of bytes', async () => {
  const run = evidence([transfer('00000001', 15, 5), transfer('00000002', 21, 6)]);
  expect(await transferOf(run, { bytes: '5' })).toMatchObject({ transfer: '00000001' });
  expect(await transferOf(run, { bytes: 7 })).toBeUndefined();
});

test('a flow can be one of several connections, under conditions', async () => {
  const pair = [flow(12, { flow: 'a', seconds: 2 }), flow(12, { flow: 'a', seconds: 6 })];
  const run = evidence([], [...pair, flow(25, { flow: 'b' })]);
  const found = await flowOf(run, { connections: 2, pick: 'last' });
  expect(found && flowFact(found, 'fairness')).toBeCloseTo(0.8);
  const single = await flowOf(run, { wire: { queue: 20 }, pick: 'last' });
  expect(single).toMatchObject({ flow: 'b', fairness: undefined });
});

test('queue, drops, window and flight are the largest or the sum of their samples', async () => {
  const samples = {
    queue: [
      { at: 0, packets: 3, dropped: 0 },
      { at: 1, packets: 9, dropped: 2 },
      { at: 2, packets: 4, dropped: 1 },
    ],
    window: [
      { at: 0, cwnd: 14_480, rtt: 20 },
      { at: 1, cwnd: 28_960, rtt: 45 },
    ],
    flight: [[0, 1_000] as const, [1, 9_000] as const],
  };
  const found = await flowOf(evidence([], [flow(12, samples)]), { pick: 'last' });
  const facts = (['queue', 'drops', 'cwnd', 'smoothed', 'flight'] as const).map(
    (of) => found && flowFact(found, of),
  );
  expect(facts).toEqual([9, 3, 28_960, 45, 9_000]);
});

test('a figure of a transfer counts when packets confirm the end of the transfer', async () => {
  const figure = { transfer: {}, of: 'segments' } as const;
  const run = evidence([{ ...transfer('0a0b0c0d', 15), segments: 7 }]);
  expect(await measure(figure, { evidence: run, drawn: {} })).toBeUndefined();
  run.frames = async () => [{ number: 9, values: [] }];
  expect(await measure(figure, { evidence: run, drawn: {} })).toEqual({
    values: ['7'],
    frames: [{ capture: 'server', number: 9 }],
  });
});

const all = { capture: 'client', filter: 'all', pick: 'first' } as const;

test('frames of a transfer pass the filter with its id, and of one that is not there none', async () => {
  const run = evidence([transfer('0a0b0c0d', 15)]);
  const filters: string[] = [];
  run.frames = async ({ filter }): Promise<FrameValues[]> => {
    filters.push(filter);
    return [];
  };
  expect(await framesIfAny(run, { ...all, of: { transfer: {} } })).toEqual([]);
  expect(filters).toEqual(['(all) && wirelab.transfer.id == "0a0b0c0d"']);
  expect(await framesIfAny(run, { ...all, of: { transfer: { window: 9 } } })).toBeUndefined();
});

test('an id of a journal that is no id gets into no filter', async () => {
  const run = evidence([transfer('" || tcp || "', 15)]);
  expect(await framesIfAny(run, { ...all, of: { transfer: {} } })).toBeUndefined();
});

test('frames can be those that were captured under conditions', async () => {
  const run = evidence([]);
  run.frames = async (): Promise<FrameValues[]> =>
    [12, 22].map((second, index) => ({ number: index + 1, values: [String(time(second)), `${second}`] }));
  expect(await framesOf(run, { ...all, wire: { queue: 20 } }, ['icmp.resptime'])).toEqual([
    { number: 2, values: ['22'] },
  ]);
});
