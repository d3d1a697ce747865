import { expect, test } from '@jest/globals';
import { parseSheet } from '../sheet/read-sheet.ts';
import { proseWith } from './prose.ts';

test('the options of a question have its values', () => {
  const options = { a: { en: '{{delay}} ms' }, b: { en: 'none' } };
  const questions = [{ id: '1', kind: 'choice', points: 1, options }];
  const sheet = parseSheet('one', JSON.stringify({ title: { en: 'One' }, minutes: 1, questions }));
  const prose = proseWith('{{options 1}}', { sheet, drawn: { delay: 40 }, language: 'en' });
  expect(prose).toBe('- `a`: 40 ms\n- `b`: none');
});
