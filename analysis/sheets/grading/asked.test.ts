import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseSheet } from '../sheet/read-sheet.ts';
import { askedOf } from './asked.ts';
import { type Judged, judgedIn, nothingJudged } from './judged.ts';

let sheets: string;
beforeAll(async () => {
  sheets = await mkdtemp(join(tmpdir(), 'asked-'));
  await mkdir(join(sheets, 's'));
  await writeFile(join(sheets, 's/sheet.md'), '{{question 1}} At {{delay}} ms?\n\n{{options 1}}\n');
  await writeFile(join(sheets, 's/sheet.de.md'), '{{question 1}} Bei {{deley}} ms?\n');
});
afterAll(() => rm(sheets, { recursive: true }));

const sheet = parseSheet(
  's',
  JSON.stringify({
    ...{ title: { en: 'S' }, minutes: 1, draws: { delay: { integer: [40, 40] } } },
    questions: [{ id: '1', kind: 'choice', points: 1, options: { a: { en: 'A' }, b: { en: 'B' } } }],
  }),
);
const asked = (language: 'en' | 'de') =>
  askedOf({
    ...{ sheets, sheet, assignment: { sheet: 's', course: '', student: 'ann', nonce: '', language } },
    run: {
      ...{ addresses: { client: '10.0.0.9', server: '10.0.28.182' }, starts: [], versions: {} },
      ports: { http: 1, https: 2, echo: 3, echoTls: 4 },
    },
  });
const shown = ({ asked: all }: Pick<Judged, 'asked'>) =>
  all.map(({ question, blocks }) => [
    question,
    blocks.map(({ pieces }) => pieces.map(({ text }) => text).join('')),
  ]);

test('a report has the text of each question with the values of the student', async () => {
  const found = await asked('en');
  expect(found.drawn).toEqual([{ name: 'delay', value: 40 }]);
  expect(shown(found)).toEqual([['1', ['At 40 ms?', 'a: A', 'b: B']]]);
  expect(judgedIn(JSON.stringify({ ...nothingJudged, ...found }))).toMatchObject(found);
});

test('a sheet with a wrong place in its prose is graded without texts', async () => {
  expect(await asked('de')).toEqual({ drawn: [{ name: 'delay', value: 40 }], asked: [] });
});
