import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Judged, MOST_BYTES, nothingJudged } from '../grading/judged.ts';
import { collect } from './collect.ts';

let folder: string;
let judged: string;
let out: string;
let printed: string[];
let count: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'collect-'));
  [judged, out] = [join(folder, 'judged'), join(folder, 'out')];
  for (const path of [judged, out]) await mkdir(path);
  printed = [];
  count = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const resultOf = (student: string, more: Partial<Judged> = {}): Judged => ({
  ...nothingJudged,
  assignment: { sheet: 'echo', course: 'net1', student, nonce: '', language: 'en' },
  ...more,
});

async function write(file: string, json: string, code = '0'): Promise<void> {
  count += 1;
  const path = join(judged, String(count).padStart(5, '0'));
  for (const [what, text] of Object.entries({ name: file, json, seconds: '1.50', code: `${code}\n` }))
    await writeFile(`${path}.${what}`, text);
}

function collectNow(given: { course?: string; nonce?: string } = {}): Promise<number> {
  const print = (line: string) => printed.push(line);
  return collect({ judged, out, shownAs: 'grades', given, now: () => new Date(0), print });
}

const reports = async () => (await readdir(join(out, 'reports'))).toSorted();
const flagsIn = async () =>
  (await readFile(join(out, 'grades.csv'), 'utf8'))
    .trim()
    .split('\r\n')
    .slice(1)
    .map((row) => row.split(',').at(-2));

test('a class without a flag ends with 0, and each has a report', async () => {
  await write('echo-ann.tgz', JSON.stringify(resultOf('ann')));
  await write('echo-bob.tgz', JSON.stringify(resultOf('bob')));
  expect(await collectNow()).toBe(0);
  expect((await readdir(out)).toSorted()).toEqual([
    ...['grades.csv', 'grades.html', 'junit.xml', 'reports', 'results.json'],
  ]);
  expect(await reports()).toEqual(['ann-echo.html', 'bob-echo.html']);
  expect(await readFile(join(out, 'grades.html'), 'utf8')).toContain(
    '<a href="reports/ann-echo.html">ann</a>',
  );
  expect(await readFile(join(out, 'reports/ann-echo.html'), 'utf8')).toContain('href="../grades.html"');
  expect(printed[0]).toBe('2 hand-ins graded, 0 with flags');
});

test('another course or nonce than that of the class is flagged', async () => {
  await write('echo-ann.tgz', JSON.stringify(resultOf('ann')));
  expect(await collectNow({ course: 'net1', nonce: '' })).toBe(0);
  expect(await collectNow({ course: 'net1', nonce: 'w26' })).toBe(1);
  expect(printed).toContain(
    '! ann, echo-ann.tgz: assignment-wrong: the nonce is "", and that of the class "w26"',
  );
});

test('what the hand-ins have is said where the class has no course or nonce', async () => {
  const assignment = { sheet: 'echo', course: 'net1', nonce: '', language: 'en' } as const;
  await write('a.tgz', JSON.stringify({ ...nothingJudged, assignment: { ...assignment, student: 'ann' } }));
  await collectNow({ course: 'net1' });
  expect(printed.at(-1)).toBe('grades/junit.xml');
  await collectNow();
  expect(printed.at(-1)).toBe('COURSE was not given, so any was accepted: course "net1" (1)');
  const bob = { ...assignment, student: 'bob', course: 'net2', nonce: 'w26' };
  await write('b.tgz', JSON.stringify({ ...nothingJudged, assignment: bob }));
  await collectNow();
  expect(printed.at(-1)).toBe(
    'COURSE and NONCE were not given, so any was accepted: course "net1" (1), "net2" (1); nonce none (1), "w26" (1)',
  );
  await collectNow({ course: 'net1', nonce: '' });
  expect(printed.at(-1)).toBe('grades/junit.xml');
});

test.each(['137', '134'])(
  'a container without time or memory, which ends with %s, is flagged with that',
  async (code) => {
    await write('killed.tgz', '', code);
    expect(await collectNow()).toBe(1);
    expect(printed).toContain(
      '! killed.tgz: not-judged: it was ended, because it took more time or memory than the limits allow',
    );
  },
);

test('a container without a result is flagged with the reason', async () => {
  await write('ended.tgz', '', '3');
  await write('broken.tgz', '{"files":', '1');
  await write('endless.tgz', 'x'.repeat(MOST_BYTES + 1));
  expect(await collectNow()).toBe(1);
  expect(await flagsIn()).toEqual(['not-judged', 'not-judged', 'not-judged']);
  expect(printed).toContain('! ended.tgz: not-judged: it ended with 3');
  expect(await reports()).toContain('hand-in-1.html');
});

test('two hand-ins of one student have two reports, also where names have no case', async () => {
  for (const student of ['ann', 'ann', 'Ann']) await write('x.tgz', JSON.stringify(resultOf(student)));
  await collectNow();
  expect(await reports()).toEqual(['Ann-echo.3.html', 'ann-echo.2.html', 'ann-echo.html']);
});

test('the reports are those of the last grading, and another file of the teacher stays', async () => {
  await write('echo-ann.tgz', JSON.stringify(resultOf('ann')));
  await collectNow();
  await writeFile(join(out, 'notes.html'), 'mine');
  await rm(join(judged, '00001.name'));
  await write('echo-bob.tgz', JSON.stringify(resultOf('bob')));
  await collectNow();
  expect(await reports()).toEqual(['bob-echo.html']);
  expect(await readFile(join(out, 'notes.html'), 'utf8')).toBe('mine');
});

test.each(['.DS_Store', 'Thumbs.db', 'desktop.ini'])(
  'what a desktop wrote refuses nothing: %s',
  async (name) => {
    await write('echo-ann.tgz', JSON.stringify(resultOf('ann')));
    await collectNow();
    await writeFile(join(out, 'reports', name), '');
    expect(await collectNow()).toBe(0);
    expect(await reports()).toEqual(['ann-echo.html']);
  },
);

test('results of 3 MB each are not kept in memory together', async () => {
  const frames = Array.from({ length: 1_000 }, (_, at) => ({ capture: 'client' as const, number: at + 1 }));
  const long = 'x'.repeat(960);
  const texts = { source: long, destination: long, protocol: '', info: long };
  const excerpts = frames.map((frame) => ({ ...frame, ...texts, time: 0, length: 0, payload: '', bytes: 0 }));
  for (let one = 0; one < 24; one += 1)
    await write('x.tgz', JSON.stringify(resultOf(`student-${one}`, { excerpts })));
  const program = `const { collect } = await import(${JSON.stringify(import.meta.resolve('./collect.ts'))});
const parts = { given: {}, now: () => new Date(0), print: () => {}, shownAs: 'grades' };
await collect({ ...parts, judged: process.argv[1], out: process.argv[2] });`;
  const heap = '--max-old-space-size=64';
  const args = [heap, '--input-type=module', '--eval', program, judged, out];
  await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  expect(await reports()).toHaveLength(24);
}, 90_000);

describe('a folder of reports with something else is refused, and stays as it is:', () => {
  test.each([
    ['a page of the teacher', 'notes.html', () => writeFile(join(out, 'reports/notes.html'), '<p>mine</p>')],
    ['a file', 'marks.ods', () => writeFile(join(out, 'reports/marks.ods'), 'mine')],
    ['a folder', 'old', () => mkdir(join(out, 'reports/old'))],
  ])('%s', async (_, name, add) => {
    await write('echo-ann.tgz', JSON.stringify(resultOf('ann')));
    await collectNow();
    await add();
    await expect(collectNow()).rejects.toThrow(`grades/reports/${name} is no report of a grading`);
    expect(await reports()).toEqual(['ann-echo.html', name].toSorted());
  });

  test('a link to another folder', async () => {
    const mine = join(folder, 'mine');
    await mkdir(mine);
    await symlink(mine, join(out, 'reports'));
    await write('echo-ann.tgz', JSON.stringify(resultOf('ann')));
    await expect(collectNow()).rejects.toThrow('grades/reports is no folder');
  });
});
