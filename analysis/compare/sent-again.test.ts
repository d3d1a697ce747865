import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Datagram, encodeDatagram } from '#lib/transfer/datagram.ts';
import { SentAgain } from './sent-again.ts';

let again: SentAgain;

beforeEach(() => {
  again = new SentAgain();
});

function sends({
  flow = 'a',
  from,
  to,
  payload = '',
}: {
  flow?: string;
  from?: number;
  to?: number;
  payload?: string;
}) {
  const range = from === undefined ? undefined : { from, to: to! };
  return again.has({
    flow,
    range,
    payload,
    seenAt: 'client',
    from: 'client',
    frame: 1,
    time: 0,
    identity: '',
  });
}

describe('a segment of TCP', () => {
  test.each<[string, [number, number][], boolean]>([
    [
      'behind the last',
      [
        [10, 20],
        [20, 30],
      ],
      false,
    ],
    [
      'behind a hole',
      [
        [10, 20],
        [25, 30],
      ],
      false,
    ],
    [
      'the same',
      [
        [10, 20],
        [10, 20],
      ],
      true,
    ],
    [
      'a part of it',
      [
        [10, 20],
        [12, 15],
      ],
      true,
    ],
    [
      'with some that are new',
      [
        [10, 20],
        [15, 30],
      ],
      true,
    ],
    [
      'far behind the last',
      [
        [10, 20],
        [20, 30],
        [30, 40],
        [10, 20],
      ],
      true,
    ],
    [
      'behind one that was sent with some that are new',
      [
        [10, 20],
        [15, 30],
        [30, 40],
      ],
      false,
    ],
    [
      'behind one that was sent again',
      [
        [10, 20],
        [10, 15],
        [20, 30],
      ],
      false,
    ],
    [
      'over the end of the numbers',
      [
        [2 ** 32 - 5, 5],
        [5, 10],
      ],
      false,
    ],
    [
      'again over the end of the numbers',
      [
        [2 ** 32 - 5, 5],
        [2 ** 32 - 5, 5],
      ],
      true,
    ],
    [
      'of another connection of that port',
      [
        [3_000_000_000, 3_000_000_010],
        [100, 110],
      ],
      false,
    ],
  ])('%s', (_which, ranges, expected) => {
    const all = ranges.map(([from, to]) => sends({ from, to }));
    expect(all.at(-1)).toBe(expected);
  });

  test('of another flow', () => {
    sends({ from: 10, to: 20 });
    expect(sends({ flow: 'b', from: 10, to: 20 })).toBe(false);
  });
});

describe('a datagram', () => {
  const data: Datagram = {
    kind: 'DATA',
    id: '0123abcd',
    mode: 'stop-and-wait',
    sequence: 1,
    ack: 0,
    window: 0,
    payload: Buffer.from('hello'),
  };
  const hex = (fields: Partial<Datagram>) => encodeDatagram({ ...data, ...fields }).toString('hex');

  test.each<[Datagram['kind'], boolean]>([
    ['OPEN', true],
    ['DATA', true],
    ['CLOSE', true],
    ['ACK', false],
    ['ABORT', false],
  ])('%s of a transfer', (kind, expected) => {
    sends({ payload: hex({ kind }) });
    expect(sends({ payload: hex({ kind }) })).toBe(expected);
  });

  test('of another number, of another flow, or of no transfer', () => {
    sends({ payload: hex({}) });
    expect(sends({ payload: hex({ sequence: 2 }) })).toBe(false);
    expect(sends({ payload: hex({}), flow: 'b' })).toBe(false);
    sends({ payload: '486579' });
    expect(sends({ payload: '486579' })).toBe(false);
    expect(sends({})).toBe(false);
  });
});
