import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { beginGrading } from './begin-grading.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'begin-grading-'));
  for (const name of ['good', 'broken', 'wrong']) await mkdir(join(folder, name));
  const options = { a: { en: 'A' }, b: { en: 'B' } };
  const questions = [{ id: '1', kind: 'choice', points: 1, options }];
  const sheet = JSON.stringify({ title: { en: 'One' }, minutes: 1, questions });
  for (const name of ['good', 'wrong']) await writeFile(join(folder, name, 'sheet.json'), sheet);
});
afterEach(() => rm(folder, { recursive: true }));

const begin = () => beginGrading({ out: join(folder, 'grades'), shownAs: 'grades' }, folder);

test('whole sheets are graded', async () => {
  await expect(begin()).resolves.toBeUndefined();
});

test('all that is wrong in the sheets and their answers is named', async () => {
  await writeFile(join(folder, 'broken', 'sheet.json'), '{"title": 1}');
  await writeFile(join(folder, 'wrong', 'answers.json'), '{"1": "c"}');
  await expect(begin()).rejects.toThrow(
    /^sheets\/broken\/sheet\.json: title is 1; .*\nsheets\/wrong\/answers\.json: question 1 is "c"; allowed: a, b$/s,
  );
});
