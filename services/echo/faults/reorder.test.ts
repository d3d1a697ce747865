import { expect, test } from '@jest/globals';
import { Message } from '#common/message.ts';
import { reorder } from './reorder.ts';

test.each(['Hey|e4599fa9', 'Hey\n', ''])('sends %j behind the next answer', (text) => {
  const bytes = Buffer.from(text);
  expect(reorder.decide(new Message(bytes))).toEqual({
    steps: [{ do: 'send-after-next', bytes }],
    detail: {},
    said: ['Simulating reordering'],
  });
});
