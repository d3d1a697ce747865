import { findCapture } from '#analysis/capture/capture-files.ts';
import { DemoCheck } from '#analysis/experiments/check.ts';
import type { Demo, Experiment, ThreeWays } from '#analysis/experiments/results.ts';
import { listen } from '#analysis/join/listen.ts';
import { wireOfRun } from '#analysis/wire/wire-of-run.ts';
import type { Run } from '#lib/journal/run.ts';
import { writeEvidence } from './write-evidence.ts';

export interface CheckParts {
  readonly folder: string;
  readonly run: Run;
  readonly print: (line: string) => void;
}

/** Prints of each experiment of the demo whether the packets agree. Returns 1 when one does not. */
export async function check(parts: CheckParts): Promise<number> {
  const checking = new DemoCheck(parts.run);
  const disturbances = await wireOfRun(parts.folder, parts.run, [checking.wire]);
  const capture = await findCapture('server', parts.folder);
  await listen(capture, parts.run, [checking], disturbances?.of('server'));
  return printDemo(checking.demo(), parts);
}

export async function printDemo(demo: Demo, { folder, print }: Omit<CheckParts, 'run'>): Promise<number> {
  await writeEvidence(folder, 'demo.json', `${JSON.stringify(demo, null, 2)}\n`);
  const results = [...demo.threeWays.map(asExperiment), ...demo.experiments];
  for (const result of results) print(describe(result));
  if (demo.notMade) print(`\nnot made, without a wire: ${demo.notMade.join('; ')}`);
  const failed = results.filter(({ agrees }) => !agrees).length;
  print(
    failed === 0
      ? `\nAll ${results.length} experiments agree.`
      : `\n${failed} of ${results.length} experiments do not agree.`,
  );
  return failed === 0 ? 0 : 1;
}

type Result = Pick<Experiment, 'title' | 'expected' | 'seen' | 'agrees'>;

function asExperiment({ what, agrees, seen }: ThreeWays): Result {
  return {
    title: `${what} three ways`,
    expected:
      'readable in plain text; unreadable over TLS; with the session keys, the same bytes are recovered',
    seen,
    agrees,
  };
}

function describe({ title, expected, seen, agrees }: Result): string {
  return [
    `\n${agrees ? 'agrees        ' : 'DOES NOT AGREE'}  ${title}`,
    `  expected      ${expected}`,
    `  packets show  ${seen}`,
  ].join('\n');
}
