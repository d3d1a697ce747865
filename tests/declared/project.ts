import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** The text of a file of the project. */
export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The text of each file that a pattern names, by its path. */
export function readAll(...patterns: readonly string[]): Record<string, string> {
  const paths = globSync(patterns, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
  if (paths.length === 0) throw new Error(`there is no file ${patterns.join(' or ')}`);
  return Object.fromEntries(paths.map((path) => [path, read(path)]));
}

/** The pages that a person reads. What has changed once, in CHANGELOG.md, stays as it was then. */
export function pages(): Record<string, string> {
  return readAll(
    'README.md',
    'SECURITY.md',
    'CONTRIBUTING.md',
    'docs/*.md',
    'captures/README.md',
    'examples/*/README.md',
  );
}
