import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { quotedIn, tableWith } from '../declared/markdown.ts';
import { read, root } from '../declared/project.ts';

test('docs/architecture.md has a row of each room, and none of another', () => {
  const rows = tableWith(read('docs/architecture.md'), 'room', 'what it does').rows;
  const rooms = globSync('{lib,services,analysis}/*/', { cwd: root }).map((room) => room.replace(/\/$/, ''));
  const others = ['client', 'dissector', 'setup', 'tests', 'bench'];
  expect(rows.flatMap(([room = '']) => quotedIn(room)).toSorted()).toEqual([...rooms, ...others].toSorted());
});

test.each(['docs/architecture.md', 'CONTRIBUTING.md'])('%s names files that there are', (page) => {
  const named = quotedIn(read(page)).filter(
    (text) => /^[\w.-]+(\/[\w.-]+)*(\.\w+|\/)$/.test(text) && !text.includes('NAME'),
  );
  expect(named.length).toBeGreaterThan(8);
  const folders = ['', 'captures'];
  expect(named.filter((path) => !folders.some((folder) => existsSync(join(root, folder, path))))).toEqual([]);
});
