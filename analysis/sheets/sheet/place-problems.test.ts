import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readCompleteSheet } from './place-problems.ts';
import { sheetNames } from './read-sheet.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheets-'));
  await mkdir(join(folder, 't'));
});
afterEach(() => rm(folder, { recursive: true }));

const choice = { id: '1', kind: 'choice', points: 1, options: { a: { en: 'A' }, b: { en: 'B' } } };
const did = { id: '2', kind: 'did', points: 1, frames: { filter: 'tcp.port == {{echo}}' } };
const data = { title: { en: 'T' }, minutes: 1, draws: { text: { word: true } }, questions: [choice, did] };

const write = (file: string, text: string) => writeFile(join(folder, 't', file), text);
async function problemsOf(changed: object, files: Readonly<Record<string, string>>): Promise<string[]> {
  await write('sheet.json', JSON.stringify({ ...data, ...changed }));
  for (const [file, text] of Object.entries(files)) await write(file, text);
  return readCompleteSheet(folder, 't').then(
    () => [],
    (error: Error) =>
      error.message.split('\n').map((line) => line.replace(/allowed: .*client.*/, 'allowed: …')),
  );
}

const PROSE = '{{question 1}} {{text}}\n\n{{ options 1 }}\n\n{{question 2}} {{client}}\n';

test('each sheet of the lab is complete', async () => {
  const sheets = join(import.meta.dirname, '../../../sheets');
  for (const name of await sheetNames(sheets)) await readCompleteSheet(sheets, name);
  expect(await problemsOf({}, { 'sheet.md': PROSE, 'sheet.de.md': PROSE })).toEqual([]);
});

test('places that are missing, unknown or there twice are named at once, in each language', async () => {
  const german = PROSE.replace('{{ options 1 }}', '').replace('{{client}}', '{{klient}} {{question 2}}');
  const settings = { ECHO_FAULTS: '{{client}}' };
  const questions = [choice, { ...did, frames: { filter: 'tcp.port == {{eco}}' } }];
  expect(
    await problemsOf(
      { settings, questions },
      { 'sheet.md': '{{question 3}}\n{{tezt}}', 'sheet.de.md': german },
    ),
  ).toEqual([
    'sheets/t/sheet.json: settings has {{client}}; allowed: text',
    'sheets/t/sheet.json: question 2 has {{eco}}; allowed: …',
    'sheets/t/sheet.md: line 1 has {{question 3}}; allowed: …',
    'sheets/t/sheet.md: line 2 has {{tezt}}; allowed: …',
    'sheets/t/sheet.md: {{question 1}} is missing',
    'sheets/t/sheet.md: {{options 1}} is missing',
    'sheets/t/sheet.md: {{question 2}} is missing',
    'sheets/t/sheet.de.md: line 5 has {{klient}}; allowed: …',
    'sheets/t/sheet.de.md: {{options 1}} is missing',
    'sheets/t/sheet.de.md: {{question 2}} is there 2 times; allowed: once',
  ]);
});

test('the prose of each language that the title has is needed', async () => {
  expect(await problemsOf({ title: { en: 'T', de: 'T' } }, {})).toEqual([
    'sheets/t/sheet.md: the file is missing',
    'sheets/t/sheet.de.md: the file is missing',
  ]);
});
