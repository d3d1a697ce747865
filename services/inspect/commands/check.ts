import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCapture } from '../capture-files.ts';
import { checkDemo } from '../demo/check.ts';
import type { Experiment } from '../report/facts.ts';
import type { Run } from '../run.ts';

export interface CheckParts {
  readonly folder: string;
  readonly run: Run;
  readonly print: (line: string) => void;
}

/** The end of `make demo`: says of each experiment whether it agrees. Returns 1 when any does not. */
export async function check({ folder, run, print }: CheckParts): Promise<number> {
  const results = await checkDemo(await findCapture('server', folder), run);
  await writeFile(join(folder, 'demo.json'), `${JSON.stringify(results, null, 2)}\n`);
  for (const result of results) print(describe(result));
  const failed = results.filter(({ agrees }) => !agrees).length;
  print(
    failed === 0
      ? `\nAll ${results.length} experiments agree.`
      : `\n${failed} of ${results.length} experiments do not agree.`,
  );
  return failed === 0 ? 0 : 1;
}

function describe({ section, title, expected, seen, agrees }: Experiment): string {
  return [
    `\n${agrees ? 'agrees        ' : 'DOES NOT AGREE'}  ${title} (${section})`,
    `  expected      ${expected}`,
    `  packets show  ${seen}`,
  ].join('\n');
}
