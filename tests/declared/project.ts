import { globSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';

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

/** The pages that a person reads, by path. CHANGELOG.md is left out: it names what was there once. */
export function pages(): Record<string, string> {
  return readAll(
    'README.md',
    'SECURITY.md',
    'CONTRIBUTING.md',
    'docs/**/*.md',
    'captures/README.md',
    'examples/*/README.md',
  );
}

/** The path of the page with this file name, in any folder. @throws when there is not exactly one */
export function pageNamed(name: string, all = pages()): string {
  return only(
    Object.keys(all).filter((path) => basename(path) === name),
    `have the name ${name}`,
  );
}

/** The path of the page that has this text. @throws when there is not exactly one */
export function pageWith(text: string, all = pages()): string {
  return only(
    Object.keys(all).filter((path) => all[path]?.includes(text)),
    `have ${text.trim()}`,
  );
}

function only(paths: readonly string[], what: string): string {
  const [path, ...others] = paths;
  if (path === undefined || others.length > 0)
    throw new Error(`${paths.length} pages ${what}; allowed: 1 ${paths.join(' ')}`.trimEnd());
  return path;
}
