import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checksum, encodeMessage, Message } from '#lib/message/message.ts';
import { corruption } from './corruption.ts';
import { decide } from './fault.ts';

const options = { loss: 'notice', delay: { from: 0, to: 10 } } as const;

const highest = 1 - 2 ** -53;

function corrupt(bytes: Buffer | string, random: number) {
  return decide(corruption, new Message(Buffer.from(bytes)), () => random, options);
}

test.each([
  [
    'Test3|5e595222',
    0,
    '\xabest3|5e595222',
    { offset: 0, before: '0x54', after: '0xab' },
    String.raw`b'\xabest3|5e595222'`,
  ],
  [
    'Test3|5e595222\n',
    highest,
    'Test\xcc|5e595222\n',
    { offset: 4, before: '0x33', after: '0xcc' },
    String.raw`b'Test\xcc|5e595222'`,
  ],
  ['\xff\r\n', highest, '\0\r\n', { offset: 0, before: '0xff', after: '0x00' }, String.raw`b'\x00'`],
  ['\xf5', 0, '\n', { offset: 0, before: '0xf5', after: '0x0a' }, String.raw`b'\n'`],
])('flips all bits of one byte of %j for the number %d', (text, random, corrupted, detail, literal) => {
  expect(corrupt(Buffer.from(text, 'latin1'), random)).toEqual({
    steps: [{ do: 'send', bytes: Buffer.from(corrupted, 'latin1') }],
    detail,
    lines: ['Simulating corruption', `Corrupted data: ${literal}`],
  });
});

test.each(['', '\n', '|da39a3ee', '|da39a3ee\r\n'])('can not be done to %j, whose body is empty', (text) => {
  expect(corrupt(text, 0)).toBeUndefined();
});

test('never changes tag or line ending, nor the given message', () => {
  const property = fc.property(
    // A CR at the end would be part of a line ending.
    fc.uint8Array({ minLength: 1 }).filter((bytes) => bytes.at(-1) !== 0x0d),
    fc.boolean(),
    fc.constantFrom('', '\n', '\r\n'),
    fc.double({ min: 0, max: highest, noNaN: true }),
    (drawn, tagged, ending, random) => {
      const body = Buffer.from(drawn);
      const bytes = Buffer.concat([tagged ? encodeMessage(body) : body, Buffer.from(ending)]);
      const given = new Message(bytes);
      // A line break alone has no body.
      fc.pre(given.bodyLength > 0);
      const before = Buffer.from(bytes);
      const { steps, detail } = decide(corruption, given, () => random, options)!;
      expect(bytes).toEqual(before);

      const [{ bytes: sent }] = steps as unknown as readonly [{ readonly bytes: Buffer }];
      const changed = [...sent.keys()].filter((index) => sent[index] !== bytes[index]);
      expect(sent).toHaveLength(bytes.length);
      expect(changed).toEqual([detail.offset]);
      expect(detail.offset).toBeLessThan(given.body.length);
      expect(checksum(sent.subarray(0, given.body.length))).not.toBe(checksum(given.body));
    },
  );
  fc.assert(property);
});
