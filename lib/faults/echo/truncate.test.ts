import { expect, test } from '@jest/globals';
import { Message } from '#lib/message/message.ts';
import { decide } from './fault.ts';
import { truncate } from './truncate.ts';

const options = { loss: 'notice', delay: { from: 0, to: 10 } } as const;

const highest = 1 - 2 ** -53;

function cut(text: string, random: number) {
  return decide(truncate, new Message(Buffer.from(text)), () => random, options);
}

test.each([
  ['Hey|e4599fa9', 0, 'H', 1, 12],
  ['Hey|e4599fa9', 0.5, 'Hey|e4', 6, 12],
  ['Hey|e4599fa9', highest, 'Hey|e4599fa', 11, 12],
  ['Hey|e4599fa9\r\n', 0, 'H\r\n', 1, 12],
  ['Hey\n', highest, 'He\n', 2, 3],
  ['ab', 0, 'a', 1, 2],
  ['ab', highest, 'a', 1, 2],
])(
  'cuts the end of %j off for the number %d, and keeps its line ending',
  (text, random, left, kept, length) => {
    expect(cut(text, random)).toEqual({
      steps: [{ do: 'send', bytes: Buffer.from(left) }],
      detail: { kept },
      lines: [`Simulating truncation: ${kept} of ${length} bytes`],
    });
  },
);

test.each(['', '\n', 'a', 'a\r\n'])('can not be done to %j, of which nothing can be missing', (text) => {
  expect(cut(text, 0)).toBeUndefined();
});
