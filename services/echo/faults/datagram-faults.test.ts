import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FaultName } from '#lib/faults/echo/index.ts';
import { crcOf } from '#lib/message/crc.ts';
import { encodeDatagram, tagAsSent } from '#lib/transfer/datagram.ts';
import { createLab, type Lab } from '../testing.ts';
import { close, data, datagram, ID, open, peer } from '../transfer/testing.ts';
import { createDatagramFaults, type Direction } from './datagram-faults.ts';

const hello = data(7, 'Hello');
const bytes = encodeDatagram(hello);
const entry = {
  timestamp: '2025-01-02T03:04:05.006Z',
  client_ip: peer.address,
  fault: 'none',
  id: 1,
  client_port: peer.port,
  message: 1,
  protocol: 'udp',
  direction: 'in',
};
const ofHello = {
  ...entry,
  ...{ transfer: ID, kind: 'DATA', sequence: 7, length: 5, tag: tagAsSent(bytes), crc: crcOf(bytes) },
};

let lab: Lab;

beforeEach(async () => {
  lab = await createLab('udp');
});

afterEach(() => lab.close());

/** The decision about a datagram; without one, about damaged bytes. */
async function decide(fault: FaultName, one = hello, direction: Direction = 'in') {
  lab.script(fault);
  const answer = createDatagramFaults(lab.parts)(direction, encodeDatagram(one), one, peer);
  await answer?.journaled;
  return answer?.steps;
}

test('without faults nothing is decided, drawn, journaled or printed', async () => {
  expect(createDatagramFaults(lab.parts)('in', bytes, hello, peer)).toBeUndefined();
  expect(await lab.entries()).toEqual([]);
  expect([lab.parts.faults.next().draw, lab.said]).toEqual([1, []]);
});

test('a datagram without a fault passes unchanged', async () => {
  expect(await decide('none')).toEqual([{ do: 'send', bytes }]);
  expect(await lab.entries()).toEqual([ofHello]);
});

describe('the journal entry', () => {
  test.each([
    ['OPEN', open(), { sequence: 0 }],
    ['CLOSE', close(9), { sequence: 9 }],
    ['ACK', datagram({ kind: 'ACK', ack: 12, window: 4 }), { ack: 12 }],
    ['ABORT', datagram({ kind: 'ABORT', payload: Buffer.from('enough') }), {}],
  ])('of a datagram on its way out: %s', async (kind, one, numbers) => {
    await decide('none', one, 'out');
    const tag = tagAsSent(encodeDatagram(one));
    const { length } = one.payload;
    const own = {
      direction: 'out',
      transfer: ID,
      kind,
      ...numbers,
      length,
      tag,
      crc: crcOf(encodeDatagram(one)),
    };
    expect(await lab.entries()).toEqual([{ ...entry, ...own }]);
  });

  test('of a damaged datagram has its length and a mark', async () => {
    lab.script('none');
    const answer = createDatagramFaults(lab.parts)('in', bytes, undefined, peer);
    await answer?.journaled;
    expect(answer?.steps).toEqual([{ do: 'send', bytes }]);
    expect(await lab.entries()).toEqual([
      { ...entry, length: bytes.length, damaged: true, crc: crcOf(bytes) },
    ]);
  });

  test.each<[FaultName, object]>([
    ['loss', { loss: 'silent' }],
    ['delay', { delay_ms: 1_500 }],
    ['duplicate', {}],
    ['reorder', {}],
    ['corruption', { offset: expect.any(Number), before: expect.any(String), after: expect.any(String) }],
    ['truncate', { kept: expect.any(Number) }],
    ['drip', { interval_ms: 20 }],
  ])('of %s has its detail', async (fault, detail) => {
    await decide(fault);
    expect(await lab.entries()).toEqual([{ ...ofHello, fault, ...detail }]);
  });

  test.each<FaultName>(['corruption', 'truncate', 'delay', 'reorder', 'duplicate', 'loss'])(
    'of %s has the CRC of the sent bytes, on the way out',
    async (fault) => {
      const [first] = (await decide(fault, hello, 'out'))!.filter((step) => 'bytes' in step);
      const [{ crc }] = (await lab.entries()) as [{ crc?: string }];
      expect(crc).toBe(fault === 'loss' ? undefined : crcOf(first!.bytes));
      expect(crc === crcOf(bytes)).toBe(['delay', 'reorder', 'duplicate'].includes(fault));
    },
  );

  test('of a fault that is impossible names it', async () => {
    lab.script('corruption');
    const newline = Buffer.from('\n');
    const answer = createDatagramFaults(lab.parts)('in', newline, undefined, peer);
    await answer?.journaled;
    expect(answer?.steps).toEqual([{ do: 'send', bytes: newline }]);
    expect(await lab.entries()).toEqual([
      { ...entry, length: 1, damaged: true, crc: crcOf(newline), drawn: 'corruption' },
    ]);
  });

  test('of both directions has ids of one series', async () => {
    lab.script('none');
    const decideOn = createDatagramFaults(lab.parts);
    for (const direction of ['in', 'out', 'in'] as const) decideOn(direction, bytes, hello, peer);
    await new Promise(setImmediate);
    expect(await lab.entries()).toMatchObject([
      { direction: 'in', message: 1, id: 1 },
      { direction: 'out', message: 2, id: 2 },
      { direction: 'in', message: 3, id: 3 },
    ]);
  });
});

test('a loss is silent, whatever the setting for messages is', async () => {
  expect(lab.parts.options.loss).toBe('notice');
  expect(await decide('loss')).toEqual([]);
});
