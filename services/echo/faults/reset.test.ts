import { expect, test } from '@jest/globals';
import { reset } from './reset.ts';

test('resets in place of an answer', () => {
  expect(reset.decide()).toEqual({ steps: [{ do: 'reset' }], detail: {}, said: ['Simulating reset'] });
});
