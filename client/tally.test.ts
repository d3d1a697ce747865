import { expect, test } from '@jest/globals';
import { Tally } from './tally.ts';

const attempts = (...results: ('valid' | 'timeout' | 'reset')[]) =>
  results.map((result, index) => ({ attempt: index + 1, result, milliseconds: 1 }));

test('counts messages and the results of their attempts', () => {
  const tally = new Tally();
  tally.add(attempts('timeout', 'valid'), true);
  tally.add(attempts('timeout', 'timeout', 'reset'), false);
  expect(tally.counts()).toEqual({ messages: 2, given_up: 1, timeout: 3, valid: 1, reset: 1 });
  expect(tally.summary()).toBe(
    '2 messages, 1 answered, 1 given up, 5 attempts: 3 × timeout, 1 × valid, 1 × reset',
  );
});

test('does not mention attempts when there was none', () => {
  expect(new Tally().summary()).toBe('0 messages, 0 answered, 0 given up');
});
