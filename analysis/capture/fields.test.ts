import { expect, test } from '@jest/globals';
import { lineParser } from './fields.ts';

const parse = lineParser(['seq', 'recordTypes', 'data', 'info']);

test('fields are parsed by what they are', () => {
  const values = parse('7\t22 23\t486579 21\tlast')!;
  expect([values.seq, values.recordTypes, values.data, values.info]).toEqual([
    7,
    ['22', '23'],
    Buffer.from('Hey!'),
    'last',
  ]);
});

test('what a frame has not is nothing', () => {
  const values = parse('\t\t\t')!;
  expect([values.seq, values.recordTypes, values.data.length, values.info]).toEqual([0, [], 0, '']);
});

test('whatever is in the last field shifts no other, and a line that is not whole is none', () => {
  expect(parse('7\t\t\ta\tb')!.info).toBe('a\tb');
  expect(parse('7\t22')).toBeUndefined();
});

test('of a field with several values that can have one, the first counts', () => {
  expect(parse('7 8\t\t\t')!.seq).toBe(7);
});
