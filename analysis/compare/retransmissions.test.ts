import { beforeEach, describe, expect, test } from '@jest/globals';
import { SYN } from '#analysis/capture/frames.ts';
import { type CarriedFields, carried } from '#analysis/capture/testing.ts';
import { type Datagram, encodeDatagram } from '#lib/transfer/datagram.ts';
import { Retransmissions } from './retransmissions.ts';

let retransmissions: Retransmissions;

beforeEach(() => {
  retransmissions = new Retransmissions();
});

/** Whether a datagram with this payload is a retransmission. */
function sends(payload: string, flow = 'a') {
  return retransmissions.has({ flow, payload, carried: carried({ transport: 'udp' }) });
}

const segment = (seq: number, length: number, more: CarriedFields = {}) =>
  retransmissions.has({
    flow: 'a',
    payload: '',
    carried: carried({ seq, text: 'x'.repeat(length), ...more }),
  });

describe('a segment of TCP', () => {
  test.each<[string, [seq: number, length: number][], boolean]>([
    [
      'after the previous one',
      [
        [10, 10],
        [20, 10],
      ],
      false,
    ],
    [
      'after a hole',
      [
        [10, 10],
        [25, 5],
      ],
      false,
    ],
    [
      'that fills a hole',
      [
        [10, 10],
        [25, 5],
        [20, 5],
      ],
      false,
    ],
    [
      'with the same bytes',
      [
        [10, 10],
        [10, 10],
      ],
      true,
    ],
    [
      'with a part of the same bytes',
      [
        [10, 10],
        [12, 3],
      ],
      true,
    ],
    [
      'with old and new bytes',
      [
        [10, 10],
        [15, 15],
      ],
      true,
    ],
    [
      'far before the previous one',
      [
        [10, 10],
        [20, 10],
        [30, 10],
        [10, 10],
      ],
      true,
    ],
    [
      'after one with old and new bytes',
      [
        [10, 10],
        [15, 15],
        [30, 10],
      ],
      false,
    ],
    [
      'after a retransmission',
      [
        [10, 10],
        [10, 5],
        [20, 10],
      ],
      false,
    ],
    [
      'across the wrap of sequence numbers',
      [
        [2 ** 32 - 5, 10],
        [5, 5],
      ],
      false,
    ],
    [
      'retransmitted across the wrap of sequence numbers',
      [
        [2 ** 32 - 5, 10],
        [2 ** 32 - 5, 10],
      ],
      true,
    ],
    [
      'of a later connection on the same port',
      [
        [3_000_000_000, 10],
        [100, 10],
      ],
      false,
    ],
  ])('%s', (_which, segments, expected) => {
    expect(segments.map(([seq, length]) => segment(seq, length)).at(-1)).toBe(expected);
  });

  test('after the SYN of another connection', () => {
    segment(10, 10);
    segment(4, 0, { flags: SYN });
    expect([segment(5, 10), segment(5, 10)]).toEqual([false, true]);
  });

  test('of another port, or of the other side', () => {
    segment(10, 10);
    expect(segment(10, 10, { client: 40_001 })).toBe(false);
    expect(segment(10, 10, { toServer: false })).toBe(false);
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
  const text = (fields: Partial<Datagram>) => encodeDatagram({ ...data, ...fields }).toString('latin1');

  test.each<[Datagram['kind'], boolean]>([
    ['OPEN', true],
    ['DATA', true],
    ['CLOSE', true],
    ['ACK', false],
    ['ABORT', false],
  ])('%s of a transfer', (kind, expected) => {
    sends(text({ kind }));
    expect(sends(text({ kind }))).toBe(expected);
  });

  test('with another number, of another flow, or of no transfer', () => {
    sends(text({}));
    expect(sends(text({ sequence: 2 }))).toBe(false);
    expect(sends(text({}), 'b')).toBe(false);
    sends('Hey');
    expect(sends('Hey')).toBe(false);
    expect(sends('')).toBe(false);
  });
});
