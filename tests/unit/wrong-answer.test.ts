import { expect, test } from '@jest/globals';
import type { Question } from '#analysis/sheets/sheet/schema.ts';
import { wrongAnswer } from '../sheets/wrong-answer.ts';

function questionOf(parts: object): Question {
  return { id: '1', points: 1, needs: [], capture: 'client', ...parts } as unknown as Question;
}

const frames = { capture: 'client', filter: 'tcp', pick: 'first' };
const value = { kind: 'value', truth: 1, tolerance: 0, share: 0 };

test.each([
  ['another number', value, '16', '17'],
  ['a number further off than is allowed', { ...value, tolerance: 0.5, unit: 's' }, '10 s', '10.75'],
  ['a number off by more than its share', { ...value, share: 0.1 }, '-20', '-17'],
  ['a frame that is none of those', { kind: 'frame', frames }, '1 or 2 or 4', '3'],
  ['another last byte', { kind: 'bytes', truth: 1 }, '8c0f', '8c0e'],
  ['another order', { kind: 'order', truth: 1 }, 'loss, loss, none', 'none, loss, loss'],
  ['one more, when all are the same', { kind: 'order', truth: 1 }, 'loss, loss', 'loss, loss, loss'],
  ['another choice', { kind: 'choice', options: { a: {}, b: {} } }, 'a', 'b'],
  ['none, when it takes no answer', { kind: 'did', frames }, '', undefined],
])('a wrong answer is %s', (_, question, truth, wrong) => {
  expect(wrongAnswer(questionOf(question), truth)).toBe(wrong);
});
