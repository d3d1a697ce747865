import { beforeEach, describe, expect, test } from '@jest/globals';
import { type TcpWire, Wire } from '#analysis/join/join-testing.ts';
import { ByteStream } from './byte-stream.ts';

const FIRST = 1_000;

let wire: TcpWire;
let stream: ByteStream;

beforeEach(() => {
  wire = new Wire().tcp();
  stream = new ByteStream();
  stream.begin(FIRST);
});

/** Puts segments into the stream, each with its position. */
function add(...segments: (readonly [position: number, text: string])[]) {
  for (const [position, text] of segments) stream.add(wire.client(text, { seq: (FIRST + position) >>> 0 }));
}

/** The octets of a part, `?` for what the capture has not, and the frames that have them. */
function read(start = 0, length = stream.end - start) {
  const { bytes, known, frames } = stream.part(start, length);
  const text = [...bytes].map((octet, at) => (known && !known[at] ? '?' : String.fromCharCode(octet)));
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
      'sent again',
      [
        [0, 'ab'],
        [0, 'ab'],
        [2, 'c'],
      ],
      ['abc', 1, 3],
    ],
    [
      'sent again in other pieces',
      [
        [0, 'ab'],
        [2, 'cd'],
        [1, 'bc'],
      ],
      ['abcd', 1, 2],
    ],
    [
      'sent again with more behind',
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
      'out of order, and one of them again',
      [
        [0, 'ab'],
        [4, 'ef'],
        [2, 'cd'],
        [4, 'ef'],
      ],
      ['abcdef', 1, 3, 2],
    ],
    [
      'over the border of another',
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
      'that is missing in the middle',
      [
        [0, 'ab'],
        [4, 'ef'],
      ],
      ['ab??ef', 1, 2],
    ],
    ['that is missing in front', [[2, 'cd']], ['??cd', 1]],
  ])('%s', (_how, segments, expected) => {
    add(...segments);
    expect(read()).toEqual(expected);
  });
});

test('a part has the frames that carry it, and no others', () => {
  add([0, 'abc'], [3, 'def'], [6, 'ghi']);
  expect(read(2, 2)).toEqual(['cd', 1, 2]);
  expect(read(3, 3)).toEqual(['def', 2]);
  expect(stream.frameAt(6)?.number).toBe(3);
  expect(stream.at(8)).toBe(0x69);
  expect(stream.at(9)).toBeUndefined();
});

describe('a hole', () => {
  test('behind all that was captured is told by an acknowledgment', () => {
    add([0, 'ab']);
    stream.acknowledge(FIRST + 5);
    expect(read()).toEqual(['ab???', 1]);
    expect(stream.at(3)).toBeUndefined();
    expect(stream.frameAt(3)).toBeUndefined();
  });

  test('is told by a FIN', () => {
    stream.finish(FIRST + 2);
    expect(read()).toEqual(['??']);
  });

  test('is filled by a segment that comes late', () => {
    add([0, 'ab']);
    stream.acknowledge(FIRST + 4);
    add([2, 'cd']);
    expect(read()).toEqual(['abcd', 1, 2]);
  });

  test('is not made by an acknowledgment of what is old', () => {
    add([0, 'abc']);
    stream.acknowledge(FIRST + 1);
    expect(stream.end).toBe(3);
  });

  test('is not made by the acknowledgment of a FIN, which counts as an octet', () => {
    add([0, 'ab']);
    stream.finish(FIRST + 2);
    stream.acknowledge(FIRST + 3);
    expect(read()).toEqual(['ab', 1]);
  });
});

test('an acknowledgment before the first segment is of nothing', () => {
  const later = new ByteStream();
  later.acknowledge(77);
  expect(later.end).toBe(0);
  later.add(wire.client('ab', { seq: 77 }));
  expect(later.end).toBe(2);
});

test('sequence numbers begin again after 2^32', () => {
  const wrapped = new ByteStream();
  wrapped.begin(2 ** 32 - 3);
  wrapped.add(wire.client('abc', { seq: 2 ** 32 - 3 }));
  wrapped.add(wire.client('ef', { seq: 1 }));
  wrapped.add(wire.client('cde', { seq: 2 ** 32 - 1 }));
  wrapped.acknowledge(3);
  wrapped.finish(3);
  wrapped.acknowledge(4);
  expect(wrapped.end).toBe(6);
  expect(wrapped.part(0, 6).bytes.toString()).toBe('abcdef');
});

test('more than 2^32 octets are counted on', () => {
  const piece = 2 ** 30;
  for (let sent = 0; sent < 5; sent += 1) stream.acknowledge((FIRST + piece * (sent + 1)) >>> 0);
  expect(stream.end).toBe(5 * piece);
  add([5 * piece, 'ab']);
  expect(read(5 * piece)).toEqual(['ab', 1]);
});

test('what was let go of is not put in again', () => {
  add([0, 'abc'], [3, 'def']);
  stream.drop(4);
  add([0, 'abcdefgh']);
  expect(stream.at(0)).toBeUndefined();
  expect(read(4)).toEqual(['efgh', 2, 3]);
});
