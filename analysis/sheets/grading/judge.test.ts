import { generateKeyPairSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { signedManifest } from '../hand-in/manifest.ts';
import { closeAll, openedIn, writeArchive } from '../hand-in/write-archive.ts';
import { judge } from './judge.ts';

let folder: string;
const inFolder = (name: string) => join(folder, name);
const { privateKey } = generateKeyPairSync('ed25519');
const assignment = { sheet: 's', course: '', student: 'ann', nonce: '', language: 'en' } as const;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'judge-'));
  for (const name of ['run', 'sheets/s']) await mkdir(inFolder(name), { recursive: true });
  const options = { a: { en: 'A' }, b: { en: 'B' } };
  const questions = [{ id: '1', kind: 'choice', points: 2, options }];
  await writeFile(
    inFolder('sheets/s/sheet.json'),
    JSON.stringify({ title: { en: 'S' }, minutes: 1, questions }),
  );
  await writeFile(inFolder('run/sheet.json'), JSON.stringify(assignment));
  await writeFile(
    inFolder('run/answers.log'),
    `${JSON.stringify({ timestamp: '2026-11-30T12:00:00.000Z', question: '1', answer: 'b' })}\n`,
  );
  const files = await Promise.all(
    ['sheet.json', 'answers.log'].map((name) => openedIn(inFolder('run'), name)),
  );
  const bare = files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
  const unsigned = { made: '2026-11-30T12:00:00.000Z', assignment, files: bare };
  await writeArchive(inFolder('s-ann.tgz'), signedManifest(unsigned, privateKey), files);
  await closeAll(files);
});
afterEach(() => rm(folder, { recursive: true }));

async function judged() {
  await mkdir(inFolder('out'));
  const { flags, results } = await judge(createReadStream(inFolder('s-ann.tgz')), {
    ...{ sheets: inFolder('sheets'), folder: inFolder('out') },
  });
  return {
    flagged: flags.find(({ flag }) => flag === 'right-answers-missing')?.details,
    scored: results.map(({ scored }) => scored),
  };
}

test('a sheet without its right choices is flagged, as they got no points', async () => {
  expect(await judged()).toEqual({ flagged: ['s: question 1'], scored: [0] });
});

test('a sheet with its right choices is not', async () => {
  await writeFile(inFolder('sheets/s/answers.json'), JSON.stringify({ 1: 'b' }));
  expect(await judged()).toEqual({ flagged: undefined, scored: [2] });
});
