import { expect, test } from '@jest/globals';
import { asTyped, readTyped } from './typed.ts';

test.each([
  [['LOSS=0.05'], { up: { loss: '0.05' }, down: { loss: '0.05' } }],
  [['UP_LOSS=0.05', 'DOWN_DELAY=5ms'], { up: { loss: '0.05' }, down: { delay: '5ms' } }],
  [['REORDER_BY=3'], { up: { reorderBy: '3' }, down: { reorderBy: '3' } }],
  [['TAMPER=replace a=b'], { up: { tamper: 'replace a=b' }, down: { tamper: 'replace a=b' } }],
  [['LOSS=0.1', 'UP_LOSS=0.2'], { up: { loss: '0.2' }, down: { loss: '0.1' } }],
  [['SEED=alice', 'RESET=1'], { up: {}, down: {}, seed: 'alice', reset: true }],
  [['RESET=0'], { up: {}, down: {}, reset: false }],
])('%j is the change %j', (pairs, change) => {
  expect(readTyped(pairs)).toEqual({ change, problems: [] });
});

test.each([
  ['RESET=2', 'RESET is "2"; allowed: 0, 1'],
  ['LOST=1', expect.stringMatching(/^there is no LOST; allowed: LOSS, .*, SEED, RESET, and UP_ or DOWN_/)],
  ['UP_SEED=1', expect.stringMatching(/^there is no UP_SEED; /)],
])('%s is refused', (pair, problem) => {
  expect(readTyped([pair]).problems).toEqual([problem]);
});

test.each([
  ['delay: allowed: a time', ['DELAY=x'], 'DELAY is "x"; allowed: a time'],
  ['delay: allowed: a time', ['LOSS=1', 'UP_DELAY=x'], 'UP_DELAY is "x"; allowed: a time'],
  ['reorderBy: allowed: a number', ['REORDER_BY=x'], 'REORDER_BY is "x"; allowed: a number'],
  ['tamper: allowed: rst', ['TAMPER=replace a=bc'], 'TAMPER is "replace a=bc"; allowed: rst'],
  ['faults: the sum is 1.2', ['LOSS=0.6', 'DUPLICATE=0.6'], 'FAULTS: the sum is 1.2'],
  ['seed: allowed: any text', ['SEED='], 'SEED is ""; allowed: any text'],
  ['what nobody knows', ['LOSS=1'], 'what nobody knows'],
])('the problem %j after %j is told as %s', (problem, pairs, told) => {
  expect(asTyped(problem, pairs)).toBe(told);
});
