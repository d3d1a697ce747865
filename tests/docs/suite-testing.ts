import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chosenWay } from '../lab.ts';
import { DocsLab } from './lab.ts';
import { type Block, blocksOf } from './page.ts';
import { type Part, pages, partOf } from './pages.ts';
import { replay } from './replay.ts';

/** In ms. A page does as much as a suite of its own, and some wait for what times out. */
const MOST_TIME = 900_000;

/** A suite that runs the blocks of a part of the pages in its own lab. */
export function replayPages(part: Part): void {
  const read = pages()
    .filter(([path]) => partOf(path) === part)
    .map(([path, text]) => [path, blocksOf(text)] as const);
  const shown = read.filter(([, blocks]) => blocks.some(({ mark }) => mark === undefined));

  // A page has a lab with the settings that it names, whatever way the other suites take.
  (chosenWay === 'plain' ? describe : describe.skip)('what a page shows is what is printed', () => {
    const lab = new DocsLab();
    beforeAll(lab.begin);
    afterAll(async () => {
      await lab.end();
      const blocks = read.flatMap(([, all]) => all);
      const marked = blocks.filter(({ mark }) => mark !== undefined).length;
      process.stderr.write(`blocks of pages: ${blocks.length - marked} run, ${marked} marked as not run\n`);
    });

    const run = async (_path: string, blocks: readonly Block[]) => {
      const deviations = await replay(lab, blocks);
      const told = deviations.map(
        ({ command, difference }) => `line ${command.line}: ${command.text}\n${difference}`,
      );
      expect(told.join('\n')).toBe('');
    };
    test.each(shown)('%s', run, MOST_TIME);
  });
}
