import { expect, test } from '@jest/globals';
import { fill, fillAll } from './fill.ts';

test('puts values in their places, as often as they are there', () => {
  expect(fill('{{a}} and {{ b }}, {{a}}', { a: 1, b: 'x' })).toBe('1 and x, 1');
  expect(fillAll({ list: ['{{a}}', 2, null], more: { '{{a}}': '{{b}}' } }, { a: 1, b: 'x' })).toEqual({
    list: ['1', 2, null],
    more: { 1: 'x' },
  });
});

test('a place without a value is refused', () => {
  expect(() => fill('{{c}}', { a: 1 })).toThrow('{{c}} has no value; allowed: a');
  expect(() => fill('{{constructor}}', { a: 1 })).toThrow('has no value');
});
