import { expect, test } from '@jest/globals';
import { Message } from '#lib/message/message.ts';
import { decide } from './fault.ts';
import { loss } from './loss.ts';

const delay = { from: 0, to: 0 };

test.each([
  ['Hey|e4599fa9', 'error_code'],
  ['Hey|00000000\n', 'error_code'],
  ['Hey', 'Packet Loss'],
  ['Hey\r\n', 'Packet Loss'],
  ['', 'Packet Loss'],
])('answers %j with the notice %s and no line ending', (text, notice) => {
  expect(decide(loss, new Message(Buffer.from(text)), Math.random, { loss: 'notice', delay })).toEqual({
    steps: [{ do: 'send', bytes: Buffer.from(notice) }],
    detail: { loss: 'notice' },
    lines: ['Simulating packet loss'],
  });
});

test.each(['Hey|e4599fa9', 'Hey\n'])('answers %j by nothing when it is silent', (text) => {
  expect(decide(loss, new Message(Buffer.from(text)), Math.random, { loss: 'silent', delay })).toEqual({
    steps: [],
    detail: { loss: 'silent' },
    lines: ['Simulating packet loss'],
  });
});
