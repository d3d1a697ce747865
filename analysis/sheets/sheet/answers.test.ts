import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ANSWERS, countAnswers, hexIn, listIn, mustBeAllowed, numberIn, readAnswers } from './answers.ts';
import { parseSheet } from './read-sheet.ts';

test.each([
  ['1.5', 1.5],
  [' 1,5 ', 1.5],
  ['.5', 0.5],
  ['1.5 s', 1.5],
  ['1.5s', 1.5],
  ['-3', -3],
  ['2e3', 2000],
  ['1.5 ms', undefined],
  ['1.500,2', undefined],
  ['36,238', undefined],
  ['1,514,000', undefined],
  ['0,25', 0.25],
  ['1234,567', 1234.567],
  ['', undefined],
  ['NaN', undefined],
  ['0x10', undefined],
])('the number of seconds in %j is %p', (text, number) => {
  expect(numberIn(text, 's')).toBe(number);
});

test.each([
  ['0x8c', '8c'],
  ['8C 0f', '8c0f'],
  ['8c:0f', '8c0f'],
  ['0x8c, 0x0f', '8c0f'],
  ['8', undefined],
  ['xy', undefined],
  ['', undefined],
])('the bytes in %j are %p', (text, hex) => {
  expect(hexIn(text)).toBe(hex);
});

test('a list has commas, spaces or arrows between its items', () => {
  expect(listIn('Loss, none → delay > none')).toEqual(['loss', 'none', 'delay', 'none']);
});

const frames = { capture: 'client', filter: 'tcp' };
const listOf = (journal: string, field: string) => ({ entries: { journal }, field, each: true });
const { questions } = parseSheet(
  't',
  JSON.stringify({
    title: { en: 'T' },
    minutes: 1,
    questions: [
      { id: '1', kind: 'did', points: 1, frames },
      { id: '2', kind: 'frame', points: 1, frames },
      { id: '3', kind: 'value', points: 1, truth: 1, unit: 's' },
      { id: '4', kind: 'bytes', points: 1, truth: 1 },
      { id: '5', kind: 'order', points: 1, truth: 1 },
      { id: '6', kind: 'choice', points: 1, options: { a: { en: 'A' }, b: { en: 'B' } } },
      { id: '7', kind: 'order', points: 1, truth: listOf('http', 'outcome') },
      { id: '8', kind: 'order', points: 1, truth: listOf('echo', 'fault') },
    ],
  }),
);

test.each([
  ['1', 'x', 'Q is "1", which takes no answer: the packets show it; allowed: 2, 3, 4, 5, 6, 7, 8'],
  ['9', 'x', 'Q is "9"; allowed: 2, 3, 4, 5, 6, 7, 8'],
  ['2', '0', 'A is "0"; allowed: the number of a frame in the capture of the client'],
  ['3', '1 ms', 'A is "1 ms"; allowed: a number in s, such as 36238 or 36.238'],
  ['4', '8', 'A is "8"; allowed: bytes as hex digits, such as 0x8c'],
  ['5', ' ', 'A is " "; allowed: a list in order, such as 3, 17'],
  ['7', ' ', 'A is " "; allowed: a list in order, such as 403, timeout'],
  ['8', ' ', 'A is " "; allowed: a list in order, such as loss, none'],
  ['6', 'c', 'A is "c"; allowed: a, b'],
  ['6', 'toString', 'A is "toString"; allowed: a, b'],
  ['5', 'x'.repeat(1001), 'allowed: a list in order'],
])('question %s refuses %j', (question, answer, why) => {
  expect(() => mustBeAllowed(questions, { question, answer })).toThrow(why);
});

test.each([
  ['2', '12'],
  ['3', '1,5 s'],
  ['4', '0x8c'],
  ['5', 'loss, none'],
  ['6', ' a '],
  ['6', 'A'],
])('question %s takes %j', (question, answer) => {
  expect(() => mustBeAllowed(questions, { question, answer })).not.toThrow();
});

test('the last answer counts, and a damaged line does not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'answers-'));
  try {
    expect((await readAnswers(folder)).size).toBe(0);
    const line = (question: string, answer: unknown) =>
      JSON.stringify({ timestamp: 'now', question, answer });
    await writeFile(
      join(folder, ANSWERS),
      [line('1', 'a'), line('2', 'b'), '{', line('2', 3), line('1', 'c')].join('\n'),
    );
    expect([...(await readAnswers(folder))]).toEqual([
      ['1', 'c'],
      ['2', 'b'],
    ]);
    expect([...(await countAnswers(folder))]).toEqual([
      ['1', 2],
      ['2', 1],
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
