import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Assets } from './assets.ts';

let folder: string;
let assets: Assets;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  await mkdir(join(folder, 'page/stage'), { recursive: true });
  assets = new Assets();
});
afterEach(() => rm(folder, { recursive: true }));

const read = async (path: string) => assets.read(join(folder, 'page'), path);

test('a module comes without its types, with its lines where they were', async () => {
  const source = "import type { A } from './a.ts';\n\nexport const one: number = 1;\n";
  await writeFile(join(folder, 'page/stage/one.ts'), source);
  const asset = await read('stage/one.ts');
  expect(asset).toMatchObject({ type: 'text/javascript; charset=utf-8' });
  const lines = asset!.bytes.toString().split('\n');
  expect(lines.map((line) => line.trim().replaceAll(/ +/g, ' '))).toEqual([
    '',
    '',
    'export const one = 1;',
    '',
  ]);
});

test('any other file comes as it is', async () => {
  await writeFile(join(folder, 'page/page.css'), 'a: number {}');
  expect((await read('page.css'))?.bytes.toString()).toBe('a: number {}');
});

test('a file that has changed is read again', async () => {
  const path = join(folder, 'page/page.css');
  await writeFile(path, 'a');
  const before = await read('page.css');
  await writeFile(path, 'b');
  await utimes(path, 1, 1);
  const after = await read('page.css');
  expect(after?.bytes.toString()).toBe('b');
  expect(after?.tag).not.toBe(before?.tag);
});

test.each([
  '../secret.ts',
  'stage/../../secret.ts',
  '/etc/passwd.css',
  '.hidden.css',
  'stage//one.ts',
  'stage\\..\\secret.ts',
  'stage/one.test.ts',
  'stage/one-testing.ts',
  'keys.pem',
  'stage',
  'stage.css',
  'none.css',
])('%s is not there', async (path) => {
  await writeFile(join(folder, 'secret.ts'), '');
  for (const name of ['one.test.ts', 'one-testing.ts', 'one.ts'])
    await writeFile(join(folder, 'page/stage', name), '');
  await writeFile(join(folder, 'page/.hidden.css'), '');
  await writeFile(join(folder, 'page/keys.pem'), '');
  await mkdir(join(folder, 'page/stage.css'));
  expect(await read(path)).toBeUndefined();
});
