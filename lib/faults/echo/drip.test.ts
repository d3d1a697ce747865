import { expect, test } from '@jest/globals';
import { Message } from '#lib/message/message.ts';
import { drip } from './drip.ts';
import { decide } from './fault.ts';

const options = { loss: 'notice', delay: { from: 0, to: 10 } } as const;

function dripOf(text: string) {
  return decide(drip, new Message(Buffer.from(text)), Math.random, options);
}

test('sends a byte every 20 ms, the first at once, line ending included', () => {
  expect(dripOf('Hé\n')).toEqual({
    steps: [
      { do: 'send', bytes: Buffer.from('H') },
      { do: 'wait', milliseconds: 20 },
      { do: 'send', bytes: Buffer.from([0xc3]) },
      { do: 'wait', milliseconds: 20 },
      { do: 'send', bytes: Buffer.from([0xa9]) },
      { do: 'wait', milliseconds: 20 },
      { do: 'send', bytes: Buffer.from('\n') },
    ],
    detail: { interval_ms: 20 },
    lines: ['Simulating drip'],
  });
});

test.each([
  [1, [1]],
  [100, new Array(100).fill(1)],
  [101, new Array(101).fill(1)],
  [1_000, [...new Array(100).fill(1), 900]],
])('sends %d bytes in pieces of %j', (length, lengths) => {
  const { steps } = dripOf('x'.repeat(length))!;
  expect(steps.flatMap((step) => (step.do === 'send' ? [step.bytes.length] : []))).toEqual(lengths);
  expect(steps.filter((step) => step.do === 'wait')).toHaveLength(lengths.length - 1);
});

test('is impossible for an empty message, which has no byte to send', () => {
  expect(dripOf('')).toBeUndefined();
});
