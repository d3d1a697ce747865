import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FirstSent } from './first-sent.ts';
import { ACK, SYN } from './frames.ts';

let first: FirstSent;
beforeEach(() => {
  first = new FirstSent();
});

function isFirst(seq: number, length: number, { flow = 'a b', flags = ACK } = {}): boolean {
  return first.has({ flow, seq: seq >>> 0, flags, payload: Buffer.alloc(length) });
}
const opens = (seq: number) => isFirst(seq, 0, { flags: SYN });

describe('what is said for the first time', () => {
  test('is what goes on behind the last octet, and not what is sent again, at once or later', () => {
    opens(99);
    expect([isFirst(100, 5), isFirst(100, 5), isFirst(105, 5), isFirst(102, 6)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('is a segment that has something new behind what was said', () => {
    opens(99);
    expect([isFirst(100, 5), isFirst(100, 6), isFirst(100, 6)]).toEqual([true, true, false]);
  });

  test('is what comes out of order', () => {
    opens(99);
    expect([isFirst(110, 5), isFirst(100, 5), isFirst(100, 5)]).toEqual([true, true, false]);
    expect([isFirst(103, 6), isFirst(108, 3), isFirst(100, 15)]).toEqual([true, true, false]);
  });

  test('may be before what comes first, when the SYN is not there', () => {
    expect([isFirst(105, 5), isFirst(100, 5), isFirst(100, 10)]).toEqual([true, true, false]);
  });

  test('is not what carries nothing', () => {
    expect([opens(99), isFirst(100, 0)]).toEqual([false, false]);
  });

  test('goes on behind 2^32', () => {
    opens(-4);
    expect([isFirst(-3, 6), isFirst(3, 2), isFirst(-3, 8)]).toEqual([true, true, false]);
  });

  test('is told apart by who says it', () => {
    const back = { flow: 'b a' };
    expect([isFirst(100, 5), isFirst(100, 5, back), isFirst(100, 5, back)]).toEqual([true, true, false]);
  });

  test('is all of a new connection of the same ports, with its SYN and without', () => {
    opens(99);
    isFirst(100, 50);
    opens(109);
    expect(isFirst(110, 5)).toBe(true);
    expect([isFirst(2 ** 30, 5), isFirst(2 ** 30, 5)]).toEqual([true, false]);
  });
});

test('whatever the order, a segment is new when one of its octets is', () => {
  const segment = fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 10 }));
  const beginning = fc.constantFrom(7, 2 ** 31 - 20, 2 ** 32 - 20);
  fc.assert(
    fc.property(fc.array(segment), beginning, fc.boolean(), (segments, start, hasSyn) => {
      first = new FirstSent();
      if (hasSyn) opens(start - 1);
      const come = new Set<number>();
      for (const [from, length] of segments) {
        const octets = Array.from({ length }, (_, at) => from + at);
        expect(isFirst(start + from, length)).toBe(octets.some((octet) => !come.has(octet)));
        for (const octet of octets) come.add(octet);
      }
    }),
  );
});
