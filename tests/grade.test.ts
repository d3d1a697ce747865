import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaults, LAB_IMAGES } from './images.ts';
import { command, type Ended } from './lab.ts';
import { type Expected, FULL, makeClass } from './sheets/class.ts';
import { recordRun } from './sheets/record-run.ts';

let folder: string;
let out: string;
let expected: Expected[];
let graded: Ended;

interface Graded {
  readonly score: number;
  readonly tests: readonly { readonly name: string; readonly visibility: string; readonly score: number }[];
  readonly extra_data: { readonly file: string; readonly student: string };
}
let results: Graded[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-class-'));
  out = join(folder, 'grades');
  const handIns = join(folder, 'hand-ins');
  await mkdir(handIns);
  expected = await makeClass(await recordRun(), handIns);
  const sheets = join(import.meta.dirname, 'sheets');
  graded = await command({ ...defaults, LAB_IMAGES }, 'setup/grade.sh', handIns, out, sheets);
  results = JSON.parse(await readFile(join(out, 'results.json'), 'utf8'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The paths of all files in a folder. */
async function filesIn(of: string): Promise<string[]> {
  const entries = await readdir(of, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ name, parentPath }) => relative(of, join(parentPath, name)));
}

const flagsOf = ({ tests }: Graded) => tests.filter((one) => !('number' in one)).map(({ name }) => name);

test('a class of sixty is graded in one run, each hand-in with its time', () => {
  expect(graded.code).toBe(1);
  expect(expected).toHaveLength(60);
  expect(results).toHaveLength(60);
  expect(graded.stdout.match(/^\d{5} of 60 {2}\d+\.\d\d s {2}/gm)).toHaveLength(60);
  console.log(/graded \d+ in .*/.exec(graded.stdout)?.[0]);
});

test('each has its points and the right flags, and no other', () => {
  const found = results.map((result) => [
    result.extra_data.file.replaceAll('\\u001b', '\u001b'),
    { flags: flagsOf(result).toSorted(), score: result.score },
  ]);
  const wanted = expected.map(({ file, flags, scored }) => [
    file,
    { flags: flags.toSorted(), score: scored ?? expect.any(Number) },
  ]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
});

describe('nothing that a student wrote', () => {
  test('is a formula in the table, markup in a page, or a colour in the terminal', async () => {
    const csv = await readFile(join(out, 'grades.csv'), 'utf8');
    expect(csv.split('\r\n').flatMap((line) => line.match(/(?<=^|,)"?[=+@-][^,]*/g) ?? [])).toEqual([]);
    expect(csv).toContain(`right-0,small,1,1,2,2,1,1,${FULL},${FULL},`);
    for (const name of await filesIn(out)) {
      const text = await readFile(join(out, name), 'utf8');
      expect(text).not.toMatch(/\p{Cc}(?<![\n\r\t])/u);
      if (/\.(?:html|xml)$/.test(name)) expect(text).not.toMatch(/<script|<img/);
    }
    expect(graded.stdout + graded.stderr).not.toContain('\u001b');
  });

  test('is written anywhere else', async () => {
    expect((await readdir(folder)).toSorted()).toEqual(['grades', 'hand-ins']);
    const names = await filesIn(out);
    expect(names.filter((name) => !name.startsWith('reports/')).toSorted()).toEqual([
      ...['grades.csv', 'grades.html', 'junit.xml', 'results.json'],
    ]);
    expect(names.filter((name) => /^reports\/[^/]+\.html$/.test(name))).toHaveLength(60);
    expect(names).toHaveLength(64);
  });
});

test('a folder without sheets is refused before anything is graded', async () => {
  const ended = await command(
    { ...defaults, LAB_IMAGES },
    'setup/grade.sh',
    folder,
    out,
    join(folder, 'none'),
  );
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain(`SHEETS is "${join(folder, 'none')}", which has no sheet; allowed: `);
});
