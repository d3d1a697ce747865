import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { proseWith } from '../views/prose.ts';
import { type Assignment, languages } from './assignment.ts';
import { valuesOf } from './draws.ts';
import { fillAll } from './fill.ts';
import { parseSheet, readProse, readRightChoices, readSheet, sheetNames } from './read-sheet.ts';

const SHEETS = join(import.meta.dirname, '../../../sheets');
const names = await sheetNames(SHEETS);

const run = {
  addresses: { client: '10.0.1.2', server: '10.0.28.182' },
  ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
};

describe.each(names)('the sheet %s', (name) => {
  test('is complete in each of its languages', async () => {
    const sheet = await readSheet(SHEETS, name);
    for (const language of languages) {
      if (sheet.title[language] === undefined) continue;
      const assignment: Assignment = { sheet: name, course: '', student: 'ada', nonce: '', language };
      const drawn = valuesOf(sheet, assignment, run);
      expect(() => fillAll([sheet.questions, sheet.settings], drawn)).not.toThrow();
      const prose = await readProse(SHEETS, name, language);
      for (const question of sheet.questions) {
        expect(prose.split(`{{question ${question.id}}}`)).toHaveLength(2);
        if (question.hint) expect(question.hint).toHaveProperty(language);
        if (question.kind !== 'choice') continue;
        expect(prose).toContain(`{{options ${question.id}}}`);
        for (const option of Object.values(question.options)) expect(option).toHaveProperty(language);
      }
      expect(proseWith(prose, { sheet, drawn, language })).not.toContain('{{');
    }
  });

  test('has the right choice of each question that no packet decides', async () => {
    const { questions } = await readSheet(SHEETS, name);
    const right = (await readRightChoices(SHEETS, name)) ?? {};
    const wanted = questions.filter((question) => question.kind === 'choice' && question.truth === undefined);
    expect(Object.keys(right).sort()).toEqual(wanted.map(({ id }) => id).sort());
    for (const question of wanted) {
      if (question.kind === 'choice') expect(Object.keys(question.options)).toContain(right[question.id]);
    }
  });
});

test.each([
  [{ 2: 'a' }, 'it has question 2; allowed: choices without a truth: 1'],
  [{ 1: 'z' }, 'question 1 is "z"; allowed: a, b'],
  [{}, 'it has no question 1'],
])('the right choices %j are refused', async (right, why) => {
  const folder = await mkdtemp(join(tmpdir(), 'sheets-'));
  try {
    await mkdir(join(folder, 't'));
    const options = { a: { en: 'A' }, b: { en: 'B' } };
    const questions = [{ id: '1', kind: 'choice', points: 1, options }];
    await writeFile(
      join(folder, 't/sheet.json'),
      JSON.stringify({ title: { en: 'T' }, minutes: 1, questions }),
    );
    await writeFile(join(folder, 't/answers.json'), JSON.stringify(right));
    await expect(readRightChoices(folder, 't')).rejects.toThrow(`sheets/t/answers.json: ${why}`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('an unknown sheet is refused with the names of all', async () => {
  await expect(readSheet(SHEETS, '../docs')).rejects.toThrow(
    `NAME is "../docs"; allowed: ${names.join(', ')}`,
  );
});

const question = { id: '1', kind: 'value', points: 1, truth: 1 };
const did = { id: '1', kind: 'did', points: 1, frames: { filter: 'tcp' } };

test.each([
  ['{', /^sheets\/t\/sheet\.json: /],
  [{ minutes: 1, questions: [question] }, /sheets\/t\/sheet\.json: title is missing; /],
  [
    { title: { en: 'T' }, minutes: 1, questions: [{ ...question, kind: 'guess' }] },
    /questions\.0\.kind of question 1 is "guess"; /,
  ],
  [{ title: { en: 'T' }, minutes: 1, questions: [question, question] }, /question 1 is there twice/],
  [
    { title: { en: 'T' }, minutes: 1, questions: [question, { ...question, id: '2', needs: ['1'] }] },
    /question 2 needs "1"; allowed: an earlier question that takes no answer/,
  ],
  [
    {
      title: { en: 'T' },
      minutes: 1,
      questions: [
        { ...did, needs: ['2'] },
        { ...question, id: '2' },
      ],
    },
    /question 1 needs "2"/,
  ],
  [
    { title: { en: 'T' }, minutes: 1, hours: 2, questions: [question] },
    /sheet\.json: hours is no field of a sheet/,
  ],
  [
    { title: { en: 'T' }, minutes: 1, draws: { x: { integer: 3 } }, questions: [question] },
    /draws\.x is \{"integer":3\}; allowed: \{"integer": \[from, to\]\}/,
  ],
])('%j is refused with what is allowed', (data, why) => {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  expect(() => parseSheet('t', text)).toThrow(why);
});
