import { expect, test } from '@jest/globals';
import { Message } from '#common/message.ts';
import { duplicate } from './duplicate.ts';

test.each(['Hey|e4599fa9', 'Hey\r\n', ''])('sends %j twice', (text) => {
  const bytes = Buffer.from(text);
  expect(duplicate.decide(new Message(bytes))).toEqual({
    steps: [
      { do: 'send', bytes },
      { do: 'send', bytes },
    ],
    detail: {},
    said: ['Simulating duplication'],
  });
});
