import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Framer, LONGEST_MESSAGE } from './framing.ts';
import { hmacKey } from './hmac.ts';
import { checksum, encodeMessage } from './message.ts';

const key = hmacKey('alice')!;
const other = hmacKey('bob');

const signed = (body: string, by = key) => encodeMessage(body, by).toString('latin1');
const forged = (body: string) => signed(body, other);

/** The bodies of the messages in these segments. `…` marks the rest at the end of the stream. */
function bodiesOf(...segments: string[]): string[] {
  const framer = new Framer(key);
  const bodies: string[] = [];
  for (const segment of segments) {
    framer.push(Buffer.from(segment, 'latin1'));
    for (let frame = framer.next(); frame; frame = framer.next()) {
      if (frame.kind === 'message') bodies.push(frame.message.body.toString('latin1'));
      if (frame.kind === 'too-long') bodies.push('too long');
    }
  }
  const rest = framer.flush();
  return rest ? [...bodies, `…${rest.body.toString('latin1')}`] : bodies;
}

/** The messages of a stream, for each place where it can be cut once. They should always be the same. */
function cutOnceOf(stream: string): string[][] {
  const all = Array.from(stream, (_, at) => JSON.stringify(bodiesOf(stream.slice(0, at), stream.slice(at))));
  return [...new Set(all)].map((bodies) => JSON.parse(bodies));
}

describe('with a token a message ends', () => {
  test.each([
    ['with its HMAC', [signed('Hey')], ['Hey']],
    ['with its HMAC, several in one segment', [`${signed('Hey')}${signed('Test3')}`], ['Hey', 'Test3']],
    ['with its HMAC and a line ending', [`${signed('Hey')}\r\n${signed('a')}\nb\n`], ['Hey', 'a', 'b']],
    ['with its HMAC and a line ending that comes late', [signed('Hey'), '\r', '\nnext\n'], ['Hey', 'next']],
    ['with no checksum', ['Hey|e4599fa9Test3|5e595222!\n'], ['Hey|e4599fa9Test3|5e595222!']],
    ['with the stream, when it has a checksum', ['Hey|e4599fa9'], ['…Hey']],
    ['with a newline after a checksum', ['Hey|e4599fa9\nTest3|5e595222\r\n'], ['Hey', 'Test3']],
    ['with a newline', ['one\ntwo\n'], ['one', 'two']],
    ['with no wrong HMAC', [`${forged('Hey')}Hey\n`], [`${forged('Hey')}Hey`]],
    ['with the stream, when its HMAC is wrong', [forged('Hey')], ['…Hey']],
    ['with a newline after a wrong HMAC', [`${forged('Hey')}\n`], ['Hey']],
    ['with its HMAC, when its body holds one that is wrong', [signed(forged('Hey'))], [forged('Hey')]],
    ['with its HMAC, when its body holds one that is right', [signed(signed('Hey'))], [signed('Hey')]],
    ['with its HMAC, when its body holds a right checksum', [signed('Hey|e4599fa9')], ['Hey|e4599fa9']],
    [
      'with its HMAC, when its body holds the beginning of one',
      [signed('Hey|hmac-sha256:0')],
      ['Hey|hmac-sha256:0'],
    ],
    ['with its HMAC, when its body is empty', [signed('')], ['']],
    ['before bytes that are no line ending', [`${signed('Hey')}\ra\n`], ['Hey', '\ra']],
  ])('%s', (_rule, segments, bodies) => {
    expect(bodiesOf(...segments)).toEqual(bodies);
  });

  test.each([
    ['right HMACs', `${signed('Hey')}${signed('Te|st3')}\r\n${signed('||')}`, ['Hey', 'Te|st3', '||']],
    ['a wrong one and a right one', `${forged('Hey')}\n${signed('a')}`, ['Hey', 'a']],
    [
      'what only begins as one',
      `Hey|hmac-sha256:01x|hmac-sha\n${signed('a')}`,
      ['Hey|hmac-sha256:01x|hmac-sha', 'a'],
    ],
    [
      'a checksum behind the beginning of one',
      `Hey|hmac-sha256:01|\n${signed('a')}`,
      ['Hey|hmac-sha256:01|', 'a'],
    ],
  ])('at the same place, wherever the stream is cut: %s', (_what, stream, bodies) => {
    expect(cutOnceOf(stream)).toEqual([bodies]);
    expect(bodiesOf(...stream)).toEqual(bodies);
  });
});

describe('mayBeWhole', () => {
  test.each([
    ['a wrong HMAC', forged('Hey'), true],
    ['a wrong HMAC and more', `${forged('Hey')}!`, false],
    ['an HMAC that is cut off', signed('Hey').slice(0, -1), false],
    ['a wrong checksum', 'Hey|00000000', true],
    ['a right checksum', 'Hey|e4599fa9', true],
    ['a right checksum and more', 'Hey|e4599fa9 ', false],
  ])('of %s', (_what, text, expected) => {
    const framer = new Framer(key);
    framer.push(Buffer.from(text));
    expect(framer.next()).toBeUndefined();
    expect(framer.mayBeWhole).toBe(expected);
  });

  test('without a token an HMAC is a plain body, which ends with a newline', () => {
    const framer = new Framer();
    framer.push(Buffer.from(signed('Hey')));
    expect([framer.next(), framer.mayBeWhole]).toEqual([undefined, false]);
    framer.push(Buffer.from('\n'));
    expect(framer.next()).toMatchObject({ message: { body: Buffer.from(signed('Hey')), tag: undefined } });
  });
});

test('a signed body with right checksums stays whole, wherever it is cut, and so does the next message', () => {
  const text = fc.string({ maxLength: 12 });
  const property = fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (pieces, end) => {
    const tagged = pieces.reduce((before, piece) => `${before}${piece}|${checksum(before + piece)}`, '');
    const bodies = [`${tagged}${end}`, 'next'];
    const stream = bodies.map((body) => signed(body)).join('');
    expect(cutOnceOf(stream)).toEqual([bodies]);
    expect(bodiesOf(...stream)).toEqual(bodies);
  });
  fc.assert(property, { numRuns: 20, examples: [[['abc'], ' more']] });
});

test.each([
  [63, false],
  [64, true],
])('at most 64 HMACs of a message are verified: after %d', (wrong, left) => {
  const inner = `|00000000${forged('')}`.repeat(wrong);
  const framer = new Framer(key);
  framer.push(Buffer.from(signed(inner)));
  expect(framer.next() === undefined).toBe(left);
  expect(framer.mayBeWhole).toBe(left);
});

test('the longest message is read with its HMAC, and one byte more ends the stream', () => {
  const longest = 'x'.repeat(LONGEST_MESSAGE - 77);
  expect(bodiesOf(`${signed(longest)}\n`)).toEqual([longest]);
  expect(bodiesOf(`${signed(`${longest}x`)}\n`)).toEqual(['too long']);
});
