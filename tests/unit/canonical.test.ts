import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { inSetup, ownFolder } from './setup-shell.ts';

const folder = ownFolder();
const real = realpathSync(folder.path);
mkdirSync(join(real, 'a b', 'c'), { recursive: true });
symlinkSync(join(real, 'a b'), join(real, 'link'));
afterAll(folder.remove);

const root = resolve(import.meta.dirname, '..', '..');

test.each([
  [`${real}/a b/c`, `${real}/a b/c`],
  [`${real}//a b/./c/`, `${real}/a b/c`],
  [`${real}/a b/c/../c`, `${real}/a b/c`],
  [`${real}/link/c`, `${real}/a b/c`],
  [`${real}/link/new/one`, `${real}/a b/new/one`],
  [relative(root, `${real}/link/c`), `${real}/a b/c`],
  ['captures', `${root}/captures`],
  ['./captures/', `${root}/captures`],
  ['/', '/'],
])('LAB_CAPTURES_DIR=%s is the folder %s', (typed, canonical) => {
  expect(inSetup('printf "%s" "$LAB_CAPTURES_DIR"', { LAB_CAPTURES_DIR: typed })).toEqual({
    status: 0,
    stdout: canonical,
    stderr: '',
  });
});

test('a lab is of this folder also where a link to it was the place to start it', () => {
  symlinkSync(root, join(real, 'clone'));
  const of = (place: string) =>
    inSetup(`containers=$(printf 'http\\trunning\\t%s\\necho\\trunning\\t\\n' "$PLACE"); other_folder`, {
      PLACE: place,
    }).stdout;
  expect(of(join(real, 'clone'))).toBe('');
  expect(of(root)).toBe('');
  expect(of(join(real, 'a b'))).toBe(`${join(real, 'a b')}\n`);
  expect(of('/is/gone')).toBe('/is/gone\n');
});
