import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Framer, LONGEST_MESSAGE } from './framing.ts';
import { checksum, encodeMessage, isTag, isTagOf } from './message.ts';

interface Seen {
  readonly bytes: string;
  readonly body: string;
}

/** All messages that are complete now. A late line ending is part of the message before it. */
function takeAll(framer: Framer, seen: (Seen | 'too-long')[] = []) {
  for (let frame = framer.next(); frame; frame = framer.next()) {
    if (frame.kind === 'message') seen.push(seenOf(frame.message));
    else if (frame.kind === 'too-long') seen.push('too-long');
    else {
      const { bytes, body } = seen.pop() as Seen;
      seen.push({ bytes: bytes + frame.bytes.toString('latin1'), body });
    }
  }
  return seen;
}

function seenOf({ bytes, body }: { readonly bytes: Buffer; readonly body: Buffer }): Seen {
  return { bytes: bytes.toString('latin1'), body: body.toString('latin1') };
}

/** The messages of a stream that consists of these segments. */
function messagesOf(segments: readonly Buffer[]) {
  const framer = new Framer();
  const seen: (Seen | 'too-long')[] = [];
  for (const segment of segments) {
    framer.push(segment);
    if (takeAll(framer, seen).at(-1) === 'too-long') return seen;
  }
  const rest = framer.flush();
  return rest ? [...seen, seenOf(rest)] : seen;
}

function bodiesOf(...segments: string[]) {
  return messagesOf(segments.map((segment) => Buffer.from(segment, 'latin1'))).map((message) =>
    message === 'too-long' ? message : message.body,
  );
}

function cut(stream: Buffer, positions: readonly number[]): Buffer[] {
  const borders = [0, ...positions.toSorted((one, other) => one - other), stream.length];
  return borders.slice(1).map((border, index) => stream.subarray(borders[index], border));
}

const body = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', '|', '\xff', '\xc3', '\0', '\r', '|e4599fa9', '|0123abcd', '|e4599', 'Hey'),
      fc.string({ maxLength: 4 }).map((text) => text.replaceAll('\n', '')),
    ),
    { maxLength: 5 },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'))
  // A body with a right tag inside is two messages when the stream is cut after that tag.
  .filter((bytes) => [...bytes.keys()].every((at) => !isTag(bytes, at, bytes.length) || !isTagOf(bytes, at)));

const message = fc.oneof(
  fc
    .tuple(body, fc.constantFrom('', '\n', '\r\n'))
    .map(([bytes, ending]) => Buffer.concat([encodeMessage(bytes), Buffer.from(ending)])),
  fc
    .tuple(body, fc.constantFrom('\n', '\r\n'))
    .map(([bytes, ending]) => Buffer.concat([bytes, Buffer.from(ending)])),
);

/** A line ending at the beginning of a message counts as part of the message before, if that one has none. */
const messages = fc
  .array(message, { minLength: 1, maxLength: 5 })
  .filter((all) =>
    all.every((bytes, index) => !/^[\r\n]/.test(String(bytes)) || all[index - 1]?.at(-1) === 0x0a),
  );

const stream = messages.map((all) => Buffer.concat(all));

describe('the messages of a stream are the same', () => {
  test('wherever it is cut once, and a byte at a time', () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const positions = [...Array.from(bytes.keys(), (at) => [at]), [...bytes.keys()]];
        const all = new Set(positions.map((each) => JSON.stringify(messagesOf(cut(bytes, each)))));
        expect([...all]).toEqual([JSON.stringify(messagesOf([bytes]))]);
      }),
      { numRuns: 25 },
    );
  });

  test('wherever it is cut any number of times', () => {
    const cuts = stream.chain((bytes) =>
      fc.tuple(fc.constant(bytes), fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 })),
    );
    fc.assert(
      fc.property(cuts, ([bytes, positions]) => {
        expect(messagesOf(cut(bytes, positions))).toEqual(messagesOf([bytes]));
      }),
      { numRuns: 200 },
    );
  });

  test('as the messages that were sent', () => {
    fc.assert(
      fc.property(messages, (all) => {
        const seen = messagesOf([Buffer.concat(all)]);
        expect(seen.map((each) => (each === 'too-long' ? each : each.bytes))).toEqual(
          all.map((bytes) => bytes.toString('latin1')),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('a message ends', () => {
  test.each([
    ['with a newline', ['one\ntwo\n'], ['one', 'two']],
    ['with a newline, empty lines included', ['\n\r\n\n'], ['', '', '']],
    ['with its tag', ['Hey|e4599fa9Test3|5e595222'], ['Hey', 'Test3']],
    ['with its tag and a line ending', ['Hey|e4599fa9\r\nTest3|5e595222\n'], ['Hey', 'Test3']],
    [
      'with its tag and a line ending that comes late',
      ['Hey|e4599fa9', '\nTest3|5e595222\r', '\n'],
      ['Hey', 'Test3'],
    ],
    ['with its tag and one line ending of two', ['Hey|e4599fa9', '\n', '\n'], ['Hey', '']],
    ['before a CR after its tag that is no line ending', ['Hey|e4599fa9\r', 'a\n'], ['Hey', '\ra']],
    ['with the first tag that is right', ['Hey|e4599fa9|00000000\n'], ['Hey', '']],
    ['with no wrong tag', ['Hey|00000000Hey\n'], ['Hey|00000000Hey']],
    ['with the stream', ['one\ntw', 'o'], ['one', 'two']],
  ])('%s', (_rule, segments, bodies) => {
    expect(bodiesOf(...segments)).toEqual(bodies);
  });

  test.each(['', '\n', '\r\n'])('with its last tag when that is right too, and then %j', (ending) => {
    const inner = String(encodeMessage('Hey'));
    expect(bodiesOf(`${encodeMessage(inner)}${ending}`)).toEqual([inner]);
    expect(bodiesOf(`${encodeMessage(inner)}\nnext\n`)).toEqual([inner, 'next']);
  });
});

test('gives a late line ending as a frame of its own', () => {
  const framer = new Framer();
  framer.push(Buffer.from('Hey|e4599fa9'));
  expect(framer.next()).toMatchObject({ kind: 'message' });
  framer.push(Buffer.from('\r'));
  expect(framer.next()).toBeUndefined();
  framer.push(Buffer.from('\n'));
  expect(framer.next()).toEqual({ kind: 'ending', bytes: Buffer.from('\r\n') });
  expect(framer.next()).toBeUndefined();
});

describe('flush', () => {
  test('returns a message with a wrong tag, whose line ending may still arrive', () => {
    const framer = new Framer();
    framer.push(Buffer.from('Hey|00000000'));
    expect(framer.next()).toBeUndefined();
    expect(framer).toMatchObject({ mayBeWhole: true, buffered: 12 });
    expect(framer.flush()).toMatchObject({ body: Buffer.from('Hey'), tag: '00000000' });
    expect(framer).toMatchObject({ mayBeWhole: false, buffered: 0 });
    framer.push(Buffer.from('\nnext\n'));
    expect(framer.next()).toEqual({ kind: 'ending', bytes: Buffer.from('\n') });
    expect(framer.next()).toMatchObject({ kind: 'message', message: { body: Buffer.from('next') } });
  });

  test.each(['', 'Hey', 'Hey|', 'Hey|0000000', 'Hey|00000000!'])('"%s" ends with no tag', (text) => {
    const framer = new Framer();
    framer.push(Buffer.from(text));
    framer.next();
    expect(framer.mayBeWhole).toBe(false);
  });

  test('returns nothing when nothing is left', () => {
    const framer = new Framer();
    expect(framer.flush()).toBeUndefined();
    framer.push(Buffer.from('Hey\n'));
    takeAll(framer);
    expect(framer.flush()).toBeUndefined();
  });
});

describe('the longest message is read, and one byte more ends the stream', () => {
  const line = (length: number) => Buffer.from(`${'x'.repeat(length)}\n`);
  const lineWithCrlf = (length: number) => Buffer.from(`${'x'.repeat(length)}\r\n`);
  const tagged = (length: number) => encodeMessage('x'.repeat(length - 9));
  const taggedLine = (length: number) => Buffer.concat([tagged(length), Buffer.from('\n')]);
  const endless = (length: number) => Buffer.alloc(length, 'x');
  const lengthsOf = (segments: readonly Buffer[]) =>
    messagesOf(segments).map((message) => (message === 'too-long' ? message : message.bytes.length));

  test.each([
    ['a line', line],
    ['a line with CRLF', lineWithCrlf],
    ['a tagged message', tagged],
    ['a tagged line', taggedLine],
    ['one without an end', endless],
  ])('%s', (_kind, make) => {
    const longest = make(LONGEST_MESSAGE);
    const longer = make(LONGEST_MESSAGE + 1);
    for (const at of [[], [1], [40_000], [LONGEST_MESSAGE], [LONGEST_MESSAGE, LONGEST_MESSAGE + 1]]) {
      expect(lengthsOf(cut(longest, at))).toEqual([longest.length]);
      expect(lengthsOf(cut(longer, at))).toEqual(['too-long']);
    }
  });

  test('several messages that are longer together are read', () => {
    expect(lengthsOf([Buffer.concat([line(40_000), line(40_000)])])).toEqual([40_001, 40_001]);
  });
});

test.each([
  ['the 64th tag', 63, false],
  ['no tag after the 64th', 64, true],
])('verifies %s of a message', (_which, wrong, left) => {
  const inner = '|00000000'.repeat(wrong);
  const framer = new Framer();
  framer.push(Buffer.from(`${inner}|${checksum(inner)}`));
  expect(framer.next() === undefined).toBe(left);
  expect(framer.mayBeWhole).toBe(left);
});
