import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Range, TcpStream } from './tcp-stream.ts';

const FIRST = 1_000;

let stream: TcpStream;
let frames: number;

beforeEach(() => {
  stream = new TcpStream();
  stream.begin(FIRST);
  frames = 0;
});

const segment = (seq: number, text: string) => {
  frames += 1;
  return { number: frames, time: 0, seq: seq >>> 0, payload: Buffer.from(text) };
};

/** Adds segments with their positions; returns the effect of the last one. */
function add(...segments: (readonly [position: number, text: string])[]) {
  return segments.map(([position, text]) => stream.add(segment(FIRST + position, text))).at(-1)!;
}

/** The bytes of a part, `?` for missing ones, and the frames that carry them. */
function read(start = 0, length = stream.end - start) {
  const { bytes, known, frames } = stream.part(start, length);
  const text = [...bytes].map((byte, at) => (known && !known[at] ? '?' : String.fromCharCode(byte)));
  return [text.join(''), ...frames.map(({ number }) => number)];
}

describe('segments', () => {
  test.each<[string, [number, string][], (string | number)[]]>([
    [
      'in order',
      [
        [0, 'ab'],
        [2, 'cd'],
      ],
      ['abcd', 1, 2],
    ],
    [
      'retransmitted',
      [
        [0, 'ab'],
        [0, 'ab'],
        [2, 'c'],
      ],
      ['abc', 1, 3],
    ],
    [
      'retransmitted in other pieces',
      [
        [0, 'ab'],
        [2, 'cd'],
        [1, 'bc'],
      ],
      ['abcd', 1, 2],
    ],
    [
      'retransmitted with more bytes',
      [
        [0, 'ab'],
        [0, 'abcd'],
      ],
      ['abcd', 1, 2],
    ],
    [
      'out of order',
      [
        [2, 'cd'],
        [0, 'ab'],
      ],
      ['abcd', 2, 1],
    ],
    [
      'out of order, one of them retransmitted',
      [
        [0, 'ab'],
        [4, 'ef'],
        [2, 'cd'],
        [4, 'ef'],
      ],
      ['abcdef', 1, 3, 2],
    ],
    [
      'overlapping another',
      [
        [2, 'cd'],
        [0, 'abc'],
      ],
      ['abcd', 2, 1],
    ],
    [
      'around another',
      [
        [2, 'cd'],
        [0, 'abcdef'],
      ],
      ['abcdef', 2, 1, 2],
    ],
    [
      'missing in the middle',
      [
        [0, 'ab'],
        [4, 'ef'],
      ],
      ['ab??ef', 1, 2],
    ],
    ['missing at the begin', [[2, 'cd']], ['??cd', 1]],
  ])('%s', (_how, segments, expected) => {
    add(...segments);
    expect(read()).toEqual(expected);
  });
});

test('a part has only the frames that carry it', () => {
  add([0, 'abc'], [3, 'def'], [6, 'ghi']);
  expect(read(2, 2)).toEqual(['cd', 1, 2]);
  expect(read(3, 3)).toEqual(['def', 2]);
  expect(stream.frameAt(6)?.number).toBe(3);
});

describe('a hole', () => {
  test('after the last captured byte is shown by an acknowledgment', () => {
    add([0, 'ab']);
    stream.acknowledge(FIRST + 5);
    expect(read()).toEqual(['ab???', 1]);
    expect(stream.frameAt(3)).toBeUndefined();
  });

  test('is shown by a FIN', () => {
    stream.finish(FIRST + 2);
    expect(read()).toEqual(['??']);
  });

  test('is filled by a late segment', () => {
    add([0, 'ab']);
    stream.acknowledge(FIRST + 4);
    add([2, 'cd']);
    expect(read()).toEqual(['abcd', 1, 2]);
  });

  test('is not made by an old acknowledgment', () => {
    add([0, 'abc']);
    stream.acknowledge(FIRST + 1);
    expect(stream.end).toBe(3);
  });

  test('is not made by the acknowledgment of a FIN, which counts as a byte', () => {
    add([0, 'ab']);
    stream.finish(FIRST + 2);
    stream.acknowledge(FIRST + 3);
    expect(read()).toEqual(['ab', 1]);
  });
});

test('an acknowledgment before the first segment means nothing', () => {
  const later = new TcpStream();
  later.acknowledge(77);
  expect(later.end).toBe(0);
  later.add(segment(77, 'ab'));
  expect(later.end).toBe(2);
});

test('sequence numbers wrap after 2^32', () => {
  const wrapped = new TcpStream();
  wrapped.begin(2 ** 32 - 3);
  wrapped.add(segment(2 ** 32 - 3, 'abc'));
  wrapped.add(segment(1, 'ef'));
  wrapped.add(segment(2 ** 32 - 1, 'cde'));
  wrapped.acknowledge(3);
  wrapped.finish(3);
  wrapped.acknowledge(4);
  expect(wrapped.end).toBe(6);
  expect(wrapped.part(0, 6).bytes.toString()).toBe('abcdef');
});

test('positions continue after 2^32 bytes', () => {
  const piece = 2 ** 24;
  const pieces = 2 ** 8 + 1;
  for (let sent = 0; sent < pieces; sent += 1) stream.acknowledge((FIRST + piece * (sent + 1)) >>> 0);
  expect(stream.end).toBe(pieces * piece);
  add([pieces * piece, 'ab']);
  expect(read(pieces * piece)).toEqual(['ab', 1]);
});

test('an acknowledgment of more than a window belongs to another connection', () => {
  add([0, 'abc']);
  stream.acknowledge((FIRST + 2 ** 30) >>> 0);
  expect(stream.end).toBe(3);
  expect(stream.isFar(FIRST + 2 ** 30)).toBe(true);
  expect(stream.isFar(FIRST - 2 ** 30)).toBe(true);
  expect(stream.isFar(FIRST + 2 ** 20)).toBe(false);
});

test('a range is limited to the kept bytes', () => {
  expect(stream.cut({ from: 0, to: 9 })).toEqual({ from: 0, to: 0 });
  add([2, 'abc'], [7, 'de']);
  expect(stream.cut({ from: 0, to: 2 ** 40 })).toEqual({ from: 2, to: 9 });
  expect(stream.cut({ from: 3, to: 8 })).toEqual({ from: 3, to: 8 });
});

test('dropped bytes are not added again', () => {
  add([0, 'abc'], [3, 'def']);
  stream.drop(4);
  add([0, 'abcdefgh']);
  expect(read(4)).toEqual(['efgh', 2, 3]);
});

describe('shifted positions', () => {
  const starts = () => stream.read().map(({ start, bytes, missing }) => `${start} ${bytes} after ${missing}`);

  test('skip dropped bytes', () => {
    add([0, 'abc'], [3, 'def']);
    stream.drop(3);
    stream.move(10);
    const added = stream.add(segment(FIRST, 'abcdefg'));
    expect(added).toEqual({ fresh: [{ from: 16, to: 17 }], repeated: expect.anything() });
    expect([read(10), stream.end]).toEqual([['???defg', 2, 3], 17]);
  });

  test('keep acknowledgments', () => {
    add([0, 'a'], [5, 'f']);
    stream.acknowledge(FIRST + 6);
    stream.move(10);
    stream.drop(10);
    expect(starts()).toEqual(['10 a after 0', '15 f after 4']);
  });

  test.each([10, -3])('keep the end from a FIN, %d bytes later', (by) => {
    add([3, 'a'], [7, 'e']);
    stream.finish(FIRST + 8);
    stream.move(by);
    stream.drop(3 + by);
    stream.acknowledge(FIRST + 9);
    expect(starts()).toEqual([`${3 + by} a after 0`, `${7 + by} e after 3`]);
    expect(stream.end).toBe(8 + by);
  });
});

describe('the new and the repeated ranges of a segment', () => {
  const ranges = (all: readonly Range[]) => all.map(({ from, to }) => `${from}-${to}`).join(' ');

  test.each<[string, [number, string][], string, string]>([
    ['that is new', [[0, 'ab']], '0-2', ''],
    [
      'that is retransmitted',
      [
        [0, 'ab'],
        [0, 'ab'],
      ],
      '',
      '0-2',
    ],
    [
      'that is partly retransmitted',
      [
        [0, 'ab'],
        [1, 'bcd'],
      ],
      '2-4',
      '1-2',
    ],
    [
      'that fills a hole',
      [
        [0, 'ab'],
        [4, 'ef'],
        [1, 'bcdef'],
      ],
      '2-4',
      '1-2 4-6',
    ],
    [
      'that is late and new',
      [
        [2, 'cd'],
        [0, 'ab'],
      ],
      '0-2',
      '',
    ],
    [
      'before the first one',
      [
        [0, 'ab'],
        [-4, 'wxyzab'],
      ],
      '',
      '-4-0 0-2',
    ],
  ])('%s', (_which, segments, fresh, repeated) => {
    const added = add(...segments);
    expect([ranges(added.fresh), ranges(added.repeated)]).toEqual([fresh, repeated]);
  });

  test('that has been read', () => {
    add([0, 'ab'], [4, 'ef']);
    stream.read();
    const { fresh, repeated } = stream.add(segment(FIRST, 'abcdefg'));
    expect([ranges(fresh), ranges(repeated)]).toEqual(['2-4 6-7', '0-2 4-6']);
  });
});

describe('read in order', () => {
  const texts = (pieces: readonly { readonly bytes: Buffer; readonly missing: number }[]) =>
    pieces.map(({ bytes, missing }) => (missing > 0 ? `?${missing} ${bytes}` : `${bytes}`));

  test('each byte is read once, with its frame', () => {
    add([0, 'abc'], [0, 'abc'], [2, 'cde']);
    expect(texts(stream.read())).toEqual(['abc', 'de']);
    add([1, 'bcdef']);
    expect(stream.read()).toMatchObject([{ bytes: Buffer.from('f'), frame: { number: 4 }, missing: 0 }]);
    expect(stream.read()).toEqual([]);
  });

  test('a segment that is ahead waits for the one before it', () => {
    add([0, 'a'], [2, 'c'], [3, 'd']);
    expect(texts(stream.read())).toEqual(['a']);
    expect([stream.isWaiting, stream.size]).toEqual([true, 2]);
    add([1, 'b']);
    expect(texts(stream.read())).toEqual(['b', 'c', 'd']);
    expect([stream.isWaiting, stream.size]).toEqual([false, 0]);
  });

  test('reading continues after a hole that the other side acknowledges', () => {
    add([0, 'a'], [5, 'f']);
    stream.acknowledge(FIRST + 3);
    expect(texts(stream.read())).toEqual(['a']);
    stream.acknowledge(FIRST + 6);
    expect(texts(stream.read())).toEqual(['?4 f']);
  });

  test('reading continues after a hole when many segments wait', () => {
    add([0, 'a']);
    for (let at = 0; at < 65; at += 1) {
      expect(texts(stream.read()).length).toBeLessThan(2);
      add([3 + at, 'x']);
    }
    const read = texts(stream.read());
    expect([read.length, read[0]]).toEqual([65, '?2 x']);
  });

  test('the rest has all waiting segments', () => {
    add([0, 'a'], [11, 'b'], [20, 'c']);
    expect(texts(stream.rest())).toEqual(['a', '?10 b', '?8 c']);
  });
});
