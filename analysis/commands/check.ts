import { findCapture } from '#analysis/capture/capture-files.ts';
import { readPackets } from '#analysis/capture/read-packets.ts';
import { checkDemo } from '#analysis/experiments/check.ts';
import { Exchanges, exchangeFields } from '#analysis/experiments/exchange.ts';
import type { Demo, Experiment, ThreeWays } from '#analysis/experiments/results.ts';
import { threeWaysOf } from '#analysis/experiments/three-ways.ts';
import type { Run } from '#lib/journal/run.ts';
import { writeEvidence } from './write-evidence.ts';

export interface CheckParts {
  readonly folder: string;
  readonly run: Run;
  readonly print: (line: string) => void;
}

/** The end of `make demo`: says of each experiment whether it agrees. Returns 1 when any does not. */
export async function check({ folder, run, print }: CheckParts): Promise<number> {
  const capture = await findCapture('server', folder);
  const exchanges = new Exchanges();
  for await (const packets of readPackets(capture, { ports: run.ports, fields: exchangeFields })) {
    for (const packet of packets) exchanges.take(packet);
  }
  const demo: Demo = {
    experiments: await checkDemo(capture, run),
    threeWays: threeWaysOf(exchanges.all()),
  };
  await writeEvidence(folder, 'demo.json', `${JSON.stringify(demo, null, 2)}\n`);
  const results = [...demo.threeWays.map(asExperiment), ...demo.experiments];
  for (const result of results) print(describe(result));
  const failed = results.filter(({ agrees }) => !agrees).length;
  print(
    failed === 0
      ? `\nAll ${results.length} experiments agree.`
      : `\n${failed} of ${results.length} experiments do not agree.`,
  );
  return failed === 0 ? 0 : 1;
}

type Result = Pick<Experiment, 'section' | 'title' | 'expected' | 'seen' | 'agrees'>;

function asExperiment({ what, agrees, seen }: ThreeWays): Result {
  return {
    section: '3.1.4',
    title: `${what} three ways`,
    expected:
      'everybody on the way reads it in plain text, nobody over TLS; kept keys open it, to the same bytes',
    seen,
    agrees,
  };
}

function describe({ section, title, expected, seen, agrees }: Result): string {
  return [
    `\n${agrees ? 'agrees        ' : 'DOES NOT AGREE'}  ${title} (${section})`,
    `  expected      ${expected}`,
    `  packets show  ${seen}`,
  ].join('\n');
}
