import { expect, test } from '@jest/globals';
import { readAll } from '../declared/project.ts';
import { blocksOf, problemOf, strayMarks } from './page.ts';
import { pages } from './pages.ts';

test('each console block of a page can be run, or is marked with a reason', () => {
  const sheets = Object.entries(readAll('sheets/**/sheet*.md'));
  const found = [...pages(), ...sheets].flatMap(([path, text]) => [
    ...blocksOf(text).flatMap((block) => {
      const problem = problemOf(block);
      return problem ? [`${path}:${block.line}: ${problem}`] : [];
    }),
    ...strayMarks(text).map(
      (line) => `${path}:${line}: a mark is right before its block, on a line of its own`,
    ),
  ]);
  expect(found).toEqual([]);
});

test('the pages have blocks to run', () => {
  const blocks = pages().flatMap(([, text]) => blocksOf(text));
  expect(blocks.filter(({ mark }) => mark === undefined).length).toBeGreaterThan(50);
});
