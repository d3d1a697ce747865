import { expect, test } from '@jest/globals';
import { Message } from '#lib/message/message.ts';
import { delay } from './delay.ts';
import { decide } from './fault.ts';

const message = new Message(Buffer.from('Hey|e4599fa9\n'));

test.each([
  ['the lower end', 0, 10, 0, 0],
  ['the middle', 0, 10, 0.5, 5_000],
  ['the upper end', 0, 10, 1 - 2 ** -53, 10_000],
  ['a range that begins later', 2, 4, 0.25, 2_500],
  ['tenths of a millisecond', 0, 10, 0.123456789, 1_234.6],
  ['a fixed time', 1.5, 1.5, 0.7, 1_500],
])(
  'sends the message unchanged after a time drawn from a range: %s',
  (_where, from, to, random, milliseconds) => {
    expect(decide(delay, message, () => random, { loss: 'notice', delay: { from, to } })).toEqual({
      steps: [
        { do: 'wait', milliseconds },
        { do: 'send', bytes: message.bytes },
      ],
      detail: { delay_ms: milliseconds },
      lines: [`Simulating delay(s): ${milliseconds / 1_000}`],
    });
  },
);
