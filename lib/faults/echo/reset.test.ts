import { expect, test } from '@jest/globals';
import { Message } from '#lib/message/message.ts';
import { decide } from './fault.ts';
import { reset } from './reset.ts';

const options = { loss: 'notice', delay: { from: 0, to: 10 } } as const;

test('resets in place of an echo', () => {
  expect(decide(reset, new Message(Buffer.from('Hey')), Math.random, options)).toEqual({
    steps: [{ do: 'reset' }],
    detail: {},
    lines: ['Simulating reset'],
  });
});
