import { expect, test } from '@jest/globals';
import { findInLinks, type Look } from './links.ts';

const look: Look = (path) =>
  path === 'lib/a.ts' ? 'file' : path === 'lib' || path === 'docs' ? 'folder' : undefined;

function found(pages: Readonly<Record<string, string>>): string[] {
  const findings = findInLinks(new Map(Object.entries(pages)), look);
  return Array.from(findings, ({ file, line, message, rule }) => `${file}:${line} ${rule}: ${message}`);
}

test.each([
  ['docs/b.md', 'there is no docs/b.md'],
  ['docs/a.md#nowhere', 'docs/a.md has no heading for it'],
  ['#nowhere', 'README.md has no heading for it'],
  ['picture.png', 'there is no picture.png'],
  ['../other.md', 'it leads out of the project'],
  ['lib#a', 'a folder has no anchors'],
  ['lib/a.ts#name', 'its anchor is no line, #L12'],
])('a link to %s is refused', (target, message) => {
  const pages = { 'README.md': `# A\n\n[a](docs/a.md) [x](${target})\n`, 'docs/a.md': '# B\n' };
  expect(found(pages)).toEqual([`README.md:3 link: ${target}: ${message}`]);
});

test('links to pages, their parts, files, lines, folders and elsewhere are right', () => {
  const pages = {
    'README.md':
      '# A\n\n[a](docs/a.md#b--c-1) [b](#a) [c](lib/a.ts#L3) [d](lib/) [e](https://a.b/c#d) <mailto:a@b.c>\n',
    'docs/a.md': '# B / C\n\n## B / c\n\n[back](../README.md)\n',
  };
  expect(found(pages)).toEqual([]);
});

test('a page is two clicks away at most, also by the README of a folder', () => {
  const pages = {
    'README.md': '[docs](docs)\n',
    'docs/README.md': '[a](a.md)\n',
    'docs/a.md': '[far](far.md)\n',
    'docs/far.md': 'Far.\n',
    'docs/lost.md': 'Lost.\n',
    'captures/README.md': 'Not for readers.\n',
  };
  expect(found(pages)).toEqual([
    'docs/far.md:1 reachable: not reachable from README.md in 2 clicks',
    'docs/lost.md:1 reachable: not reachable from README.md in 2 clicks',
  ]);
});
