import { expect, test } from '@jest/globals';
import { Message } from '#lib/message/message.ts';
import { duplicate } from './duplicate.ts';
import { decide } from './fault.ts';

const options = { loss: 'notice', delay: { from: 0, to: 10 } } as const;

test.each(['Hey|e4599fa9', 'Hey\r\n', ''])('sends %j twice', (text) => {
  const bytes = Buffer.from(text);
  expect(decide(duplicate, new Message(bytes), Math.random, options)).toEqual({
    steps: [
      { do: 'send', bytes },
      { do: 'send', bytes },
    ],
    detail: {},
    lines: ['Simulating duplication'],
  });
});
