import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { quotedIn, tableWith } from '../declared/markdown.ts';
import { pageNamed, read, root } from '../declared/project.ts';

const architecture = pageNamed('architecture.md');

test('the page of the architecture has a row of each room, and none of another', () => {
  const rows = tableWith(read(architecture), 'room', 'what it does').rows;
  const rooms = globSync('{lib,services,analysis}/*/', { cwd: root }).map((room) => room.replace(/\/$/, ''));
  const others = ['client', 'dissector', 'setup', 'tests', 'bench'];
  expect(rows.flatMap(([room = '']) => quotedIn(room)).toSorted()).toEqual([...rooms, ...others].toSorted());
});

test.each([architecture, 'CONTRIBUTING.md'])('%s names files that there are', (page) => {
  const named = quotedIn(read(page)).filter(
    (text) => /^[\w.-]+(\/[\w.-]+)*(\.\w+|\/)$/.test(text) && !text.includes('NAME'),
  );
  expect(named.length).toBeGreaterThan(8);
  const folders = ['', 'captures'];
  expect(named.filter((path) => !folders.some((folder) => existsSync(join(root, folder, path))))).toEqual([]);
});
