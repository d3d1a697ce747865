import { expect, test } from '@jest/globals';
import { Conditions } from './conditions.ts';

const conditions = new Conditions([
  { from: 100, set: { up: { queue: '20', rate: '10mbit' }, down: {} } },
  { from: 200, set: { up: { queue: '400' }, down: { delay: '5ms' } } },
  { from: 300 },
]);

test.each([
  [{ queue: 20 }, 150, true],
  [{ queue: '20', rate: '10mbit' }, 150, true],
  [{ queue: 20, rate: '5mbit' }, 150, false],
  [{ queue: 20 }, 200, false],
  [{ queue: 400, rate: 'none' }, 250, true],
  [{ rate: 'none' }, 150, false],
  [{ down_delay: '5ms' }, 250, true],
  [{ down_delay: '5ms' }, 150, false],
  [{ queue: 400 }, 300, false],
  [{ queue: 'none' }, 300, true],
  [{ queue: 20 }, 50, false],
  [{ queue: 'none' }, 50, true],
  [{}, 50, true],
])('conditions %p at %d: %p', (wanted, time, had) => {
  expect(conditions.had(wanted, time)).toBe(had);
});
