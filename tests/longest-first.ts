import sequencer from '@jest/test-sequencer';

// The package has types of CommonJS alone, and a module for Node.
const Sequencer = sequencer as unknown as typeof sequencer.default;
type Tests = Parameters<(typeof Sequencer)['prototype']['sort']>[0];

/**
 * Without times of earlier runs, Jest begins with the largest files. The suites of the pages are small files that take
 * the longest, so they would run alone at the end.
 */
export default class extends Sequencer {
  override async sort(tests: Tests): Promise<Tests> {
    const sorted = await super.sort(tests);
    return [...sorted.filter(isOfPages), ...sorted.filter((one) => !isOfPages(one))];
  }
}

function isOfPages({ path }: { path: string }): boolean {
  return /\/docs[^/]*\.test\.ts$/.test(path);
}
