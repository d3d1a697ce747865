import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Finding, Sources } from './finding.ts';
import { type Page, readPage } from './page.ts';

const START = 'README.md';
/** From the start to any page that a person is meant to find. */
const MOST_CLICKS = 2;
const IS_FOUND = /^(?:[^/]+\.md$|docs\/|examples\/)/;

/** What a path of the project is. */
export type Look = (path: string) => 'file' | 'folder' | undefined;

export const lookAtDisk: Look = (path) =>
  existsSync(path) ? (statSync(path).isDirectory() ? 'folder' : 'file') : undefined;

/** Yields each link to what is not there, and each page that is more than two clicks away from README.md. */
export function* findInLinks(sources: Sources, look: Look): Generator<Finding> {
  const pages = new Map([...sources].map(([file, text]) => [file, readPage(text)]));
  for (const [file, { links }] of pages) {
    for (const { line, target } of links) {
      const message = problemOf(file, target, pages, look);
      if (message) yield { file, line, message: `${target}: ${message}`, rule: 'link' };
    }
  }
  const near = pagesNear(pages);
  for (const file of pages.keys()) {
    const message = `not reachable from ${START} in ${MOST_CLICKS} clicks`;
    if (IS_FOUND.test(file) && !near.has(file)) yield { file, line: 1, message, rule: 'reachable' };
  }
}

/** A path of the project, and the part of the page; undefined for what is elsewhere. */
function placeOf(file: string, target: string): { path: string; part: string } | undefined {
  if (/^[a-z][a-z+.-]*:|^\/\//i.test(target)) return undefined;
  const [path = '', part = ''] = target.split('#', 2).map(decodeURIComponent);
  return { path: path === '' ? file : normalize(join(dirname(file), path)).replace(/\/$/, ''), part };
}

function problemOf(
  file: string,
  target: string,
  pages: ReadonlyMap<string, Page>,
  look: Look,
): string | undefined {
  const place = placeOf(file, target);
  if (!place) return undefined;
  const { path, part } = place;
  if (path.startsWith('..')) return 'it leads out of the project';
  const kind = pages.has(path) ? 'file' : look(path);
  if (!kind) return `there is no ${path}`;
  if (part === '') return undefined;
  if (kind === 'folder') return 'a folder has no anchors';
  // Of a program GitHub shows the lines.
  if (!path.endsWith('.md')) return /^L\d+(?:-L\d+)?$/.test(part) ? undefined : 'its anchor is no line, #L12';
  const { anchors } = pages.get(path) ?? { anchors: new Set<string>() };
  return anchors.has(part) ? undefined : `${path} has no heading for it`;
}

/** The pages that are reached by few enough clicks. A folder shows its README. */
function pagesNear(pages: ReadonlyMap<string, Page>): Set<string> {
  const near = new Set([START]);
  let last = [START];
  for (let click = 1; click <= MOST_CLICKS; click += 1) {
    const next = last.flatMap((file) =>
      (pages.get(file)?.links ?? []).flatMap(({ target }) => placeOf(file, target)?.path ?? []),
    );
    last = next.map((path) => (pages.has(`${path}/README.md`) ? `${path}/README.md` : path));
    for (const path of last) near.add(path);
  }
  return near;
}

// node tests/lint/links.ts: prints what it finds in all pages.
if (import.meta.main) {
  const files = globSync(['**/*.md', '.github/**/*.md'], { exclude: ['**/node_modules', '.git'] });
  const pages = files.filter((file) => !/^(?:captures|work)\//.test(file)).sort();
  for (const { file, line, message } of findInLinks(
    new Map(pages.map((page) => [page, readFileSync(page, 'utf8')])),
    lookAtDisk,
  ))
    console.log(`${file}:${line}: ${message}`);
}
