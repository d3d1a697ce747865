import { expect, test } from '@jest/globals';
import { Message } from '#lib/message/message.ts';
import { decide } from './fault.ts';
import { reorder } from './reorder.ts';

const options = { loss: 'notice', delay: { from: 0, to: 10 } } as const;

test.each(['Hey|e4599fa9', 'Hey\n', ''])('sends %j behind the next answer', (text) => {
  const bytes = Buffer.from(text);
  expect(decide(reorder, new Message(bytes), Math.random, options)).toEqual({
    steps: [{ do: 'send-after-next', bytes }],
    detail: {},
    lines: ['Simulating reordering'],
  });
});
