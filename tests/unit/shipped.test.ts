import { globSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Patterns of what .dockerignore leaves out of the images, wherever it is. */
const leftOut = read('.dockerignore')
  .split('\n')
  .filter((line) => line.startsWith('**/'));

const shipped = globSync('{lib,analysis,client,services}/**/*.ts', { cwd: root }).filter(
  (path) => !leftOut.some((pattern) => matchesGlob(path, pattern)),
);

test('the checksum of the images is of the files that they have', () => {
  const patterns = [...read('setup/images.sh').matchAll(/! -name '([^']+)'/g)].map(
    ([, name]) => `**/${name}`,
  );
  expect(patterns.toSorted()).toEqual(leftOut.toSorted());
});

test('no image has a file that only tests use', () => {
  const used = new Set<string>();
  const waiting = shipped.filter((path) => path.endsWith('/main.ts'));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (used.has(path)) continue;
    used.add(path);
    waiting.push(...importsOf(path));
  }
  expect(shipped.filter((path) => !used.has(path))).toEqual([]);
});

/** The files of the project that a file takes something from, or runs in a thread. */
function importsOf(path: string): string[] {
  const named = [...read(path).matchAll(/\b(?:from|import|new URL) ?\(?'([^']+\.ts)'/g)];
  return named.map(([, name = '']) => (name.startsWith('#') ? name.slice(1) : join(dirname(path), name)));
}
