import { readFileSync, writeFileSync } from 'node:fs';
import { DocsLab } from './lab.ts';
import { blocksOf, problemOf, strayMarks, withChanges } from './page.ts';
import { pages } from './pages.ts';
import { replay } from './replay.ts';

/*
 * node tests/docs/main.ts [--check | --write] [PAGE…]
 *
 * Runs the console blocks of these pages, or of all, and prints what differs. With --check it runs none, and prints which
 * ones can't be run and have no mark. With --write it puts what was printed into the pages; lines that are right stay as
 * they are, with what is left out by …
 */

const args = process.argv.slice(2);
const named = args.filter((arg) => !arg.startsWith('--'));
const chosen = named.length > 0 ? named.map((path) => [path, readFileSync(path, 'utf8')] as const) : pages();

function fail(text: string): void {
  console.log(text);
  process.exitCode = 1;
}

for (const [path, text] of chosen) {
  for (const line of strayMarks(text))
    fail(`${path}:${line}: a mark is right before its block, on a line of its own`);
  for (const block of blocksOf(text)) {
    const problem = problemOf(block);
    if (problem) fail(`${path}:${block.line}: ${problem}`);
  }
}

if (!args.includes('--check')) {
  const lab = new DocsLab();
  // On a signal too, so that no container stays.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => lab.end().finally(() => process.exit(1)));
  await lab.begin();
  try {
    for (const [path, text] of chosen) await show(lab, path, text);
  } finally {
    await lab.end();
  }
}

async function show(lab: DocsLab, path: string, text: string): Promise<void> {
  const blocks = blocksOf(text).filter((block) => !problemOf(block));
  const deviations = await replay(lab, blocks);
  console.log(
    `${path}: ${blocks.filter(({ mark }) => mark === undefined).length} of ${blocks.length} blocks run`,
  );
  for (const { command, difference } of deviations)
    fail(`${path}:${command.line}: ${command.text}\n${difference.replaceAll(/^/gm, '    ')}`);
  if (args.includes('--write') && deviations.length > 0) writeFileSync(path, withChanges(text, deviations));
}
