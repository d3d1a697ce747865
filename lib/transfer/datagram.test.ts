import { createHash, hash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Datagram,
  decodeDatagram,
  encodeDatagram,
  foreignVersion,
  HEADER_BYTES,
  isOfTransfer,
  LARGEST_PAYLOAD,
  SPACE,
  tagAsSent,
} from './datagram.ts';
import { data } from './datagram-testing.ts';
import { modeNames } from './kinds.ts';

const ack: Datagram = {
  ...data,
  kind: 'ACK',
  mode: 'go-back-n',
  sequence: 0,
  ack: 65_535,
  window: 64,
  payload: Buffer.alloc(0),
};

const byte = fc.nat(255);
const datagram: fc.Arbitrary<Datagram> = fc.record({
  kind: fc.constantFrom('OPEN', 'DATA', 'CLOSE', 'ACK', 'ABORT'),
  id: fc.nat(0xffffffff).map((number) => number.toString(16).padStart(8, '0')),
  mode: fc.constantFrom(...modeNames),
  sequence: fc.nat(SPACE - 1),
  ack: fc.nat(SPACE - 1),
  window: fc.nat(9_999),
  payload: fc.uint8Array({ maxLength: LARGEST_PAYLOAD, size: 'max' }).map((bytes) => Buffer.from(bytes)),
});

/** The rows of a hex dump. */
function rowsOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').match(/.{1,16}/gs) ?? [];
}

/** The same with other bytes in the header, and its right tag. */
function forged(at: number, text: string): Buffer {
  const bytes = encodeDatagram(data);
  bytes.write('00000000', 68, 'latin1');
  bytes.write(text, at, 'latin1');
  bytes.write(createHash('sha1').update(bytes).digest('hex').slice(0, 8), 68, 'latin1');
  return bytes;
}

// The tags were made with sha1sum, over the datagram with `00000000` in their place.
test.each<[string, Datagram, string[]]>([
  [
    'DATA',
    data,
    [
      'wirelab/1 DATA  ',
      'id=0123abcd SR  ',
      's=00042 a=00000 ',
      'w=0000  l=0005  ',
      'tag=9e1282ba   \n',
      'hello',
    ],
  ],
  [
    'ACK',
    ack,
    ['wirelab/1 ACK   ', 'id=0123abcd GBN ', 's=00000 a=65535 ', 'w=0064  l=0000  ', 'tag=0edd0234   \n'],
  ],
])('a header is five rows of a hex dump: %s', (_kind, fields, rows) => {
  expect(rowsOf(encodeDatagram(fields))).toEqual(rows);
});

test('any datagram is read back as it was written', () => {
  const property = fc.property(datagram, ({ payload, ...fields }) => {
    const read = decodeDatagram(encodeDatagram({ ...fields, payload }));
    expect(read).toMatchObject(fields);
    expect(read!.payload.equals(payload)).toBe(true);
  });
  fc.assert(property);
});

test('tagAsSent is the tag in the header', () => {
  expect(tagAsSent(encodeDatagram(data))).toBe('9e1282ba');
});

describe('a damaged datagram is not read', () => {
  test('when any single byte is changed', () => {
    const property = fc.property(
      fc.constantFrom(data, ack),
      fc.nat(HEADER_BYTES + 4),
      byte,
      (fields, position, value) => {
        const bytes = encodeDatagram(fields);
        const at = position % bytes.length;
        fc.pre(bytes[at] !== value);
        bytes[at] = value;
        expect(decodeDatagram(bytes)).toBeUndefined();
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  test('when any single byte of the header is changed to another possible one', () => {
    const alike = ' 0129abzSWGBNRACKO/=\n';
    const whole = encodeDatagram(data);
    const read: string[] = [];
    for (const at of whole.keys()) {
      for (const character of alike) {
        const bytes = Buffer.from(whole);
        bytes.write(character, at, 'latin1');
        if (!bytes.equals(whole) && decodeDatagram(bytes)) read.push(String(bytes));
      }
    }
    expect(read).toEqual([]);
  });

  test('when its end is missing', () => {
    const whole = encodeDatagram(data);
    for (const length of whole.keys()) expect(decodeDatagram(whole.subarray(0, length))).toBeUndefined();
  });

  test('when something follows it', () => {
    const property = fc.property(datagram, fc.uint8Array({ minLength: 1, maxLength: 20 }), (fields, more) => {
      expect(decodeDatagram(Buffer.concat([encodeDatagram(fields), more]))).toBeUndefined();
    });
    fc.assert(property, { numRuns: 50 });
  });

  test('when it is random bytes', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 120, size: 'max' }), (bytes) => {
      expect(decodeDatagram(Buffer.from(bytes))).toBeUndefined();
    });
    fc.assert(property, { numRuns: 50 });
  });
});

test('a header can be forged here', () => {
  expect(decodeDatagram(forged(34, '65535'))).toEqual({ ...data, sequence: 65_535 });
});

test.each([
  ['another version', 8, '2'],
  ['no such kind', 10, 'DATUM'],
  ['no such mode', 28, 'XY '],
  ['a sequence number that is no number', 34, '0004x'],
  ['a sequence number below zero', 34, '-0042'],
  ['an ack that is no number', 42, '     '],
  ['a window that is no number', 50, '0x10'],
  ['a length that is no number', 58, ' 5  '],
  ['a wrong length', 58, '0004'],
  ['another byte between its fields', 33, ':'],
  ['no newline at its end', 79, ' '],
])('a datagram with a right tag and %s is not read either', (_what, at, text) => {
  expect(decodeDatagram(forged(at, text))).toBeUndefined();
});

test('reading a datagram does not change its bytes', () => {
  const right = encodeDatagram(data);
  const wrong = encodeDatagram(data).fill('x', HEADER_BYTES);
  const foreignTag = encodeDatagram(data).fill(0xe9, 68, 76);
  for (const bytes of [right, wrong, foreignTag]) {
    const before = Buffer.from(bytes);
    decodeDatagram(bytes);
    expect(bytes).toEqual(before);
  }
});

test('the payload of a datagram is not copied', () => {
  const bytes = encodeDatagram(data);
  expect(decodeDatagram(bytes)!.payload.buffer).toBe(bytes.buffer);
});

test.each(['s=', 'a='])('a number beyond the space is none: %s', (field) => {
  const withNumber = (number: number) => {
    const bytes = encodeDatagram(data);
    bytes.write(String(number), bytes.indexOf(field) + 2, 'latin1');
    return withRightTag(bytes);
  };
  expect(decodeDatagram(withNumber(65_535))).toBeDefined();
  const property = fc.property(fc.integer({ min: SPACE, max: 99_999 }), (number) => {
    expect(decodeDatagram(withNumber(number))).toBeUndefined();
  });
  fc.assert(property);
});

test('an id that is no number is refused', () => {
  const bytes = encodeDatagram(data);
  bytes.write('\x1b[2J\n!Z0', bytes.indexOf('id=') + 3, 'latin1');
  expect(decodeDatagram(withRightTag(bytes))).toBeUndefined();
});

test('a datagram larger than the largest one is refused', () => {
  const bytes = Buffer.concat([
    encodeDatagram(data).subarray(0, HEADER_BYTES),
    Buffer.alloc(LARGEST_PAYLOAD + 1),
  ]);
  bytes.write(String(LARGEST_PAYLOAD + 1), bytes.indexOf('l=') + 2, 'latin1');
  expect(decodeDatagram(withRightTag(bytes))).toBeUndefined();
});

/** Gives bytes their right tag. */
function withRightTag(bytes: Buffer): Buffer {
  bytes.write('00000000', 68, 'latin1');
  bytes.write(hash('sha1', bytes).slice(0, 8), 68, 'latin1');
  return bytes;
}

test('the longest payload is written', () => {
  expect(encodeDatagram({ ...data, payload: Buffer.alloc(1_320) })).toHaveLength(1_400);
});

test.each<[string, Partial<Datagram>]>([
  ['a payload that is a byte too long', { payload: Buffer.alloc(LARGEST_PAYLOAD + 1) }],
  ['a payload whose length has five digits', { payload: Buffer.alloc(10_000) }],
  ['a window of five digits', { window: 10_000 }],
  ['a sequence number beyond the space', { sequence: SPACE }],
  ['an ack beyond the space', { ack: SPACE }],
  ['a number below zero', { sequence: -1 }],
  ['a number that is not whole', { ack: 1.5 }],
  ['an id that is too short', { id: '0123abc' }],
  ['an id that is too long', { id: '0123abcde' }],
])('encodeDatagram throws for %s', (_what, fields) => {
  expect(() => encodeDatagram({ ...data, ...fields })).toThrow(RangeError);
});

test.each([
  ['wirelab/1 DATA', true],
  ['wirelab/2', true],
  ['wirelab/', false],
  ['wirelab is fun', false],
  ['Wirelab/1 DATA', false],
  ['wirelab', false],
  ['Hey|e4599fa9', false],
  [' wirelab/1 DATA', false],
  ['', false],
])('isOfTransfer of "%s" is %j', (text, expected) => {
  expect(isOfTransfer(Buffer.from(text))).toBe(expected);
});

test.each([
  ['another one', 'wirelab/2 DATA', '2'],
  ['one of several digits', 'wirelab/123 DATA', '123'],
  ['its own', 'wirelab/1 DATA', undefined],
  ['one that does not end', 'wirelab/2', undefined],
  ['one that is too long', 'wirelab/1234 DATA', undefined],
  ['no number', 'wirelab/x DATA', undefined],
  ['none', 'wirelab/ DATA', undefined],
])('foreignVersion of %s', (_what, text, version) => {
  expect(foreignVersion(Buffer.from(text))).toBe(version);
});

test('a datagram of another version belongs to a transfer and can not be read', () => {
  const bytes = encodeDatagram(data);
  bytes.write('2', 8, 'latin1');
  expect(isOfTransfer(bytes)).toBe(true);
  expect(foreignVersion(bytes)).toBe('2');
  expect(decodeDatagram(bytes)).toBeUndefined();
});
