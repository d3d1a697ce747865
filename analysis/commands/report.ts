import { join } from 'node:path';
import { versionsOf } from '#analysis/annotate/about.ts';
import type { Report } from '#analysis/report/facts/facts.ts';
import { gather } from '#analysis/report/facts/gather.ts';
import { renderReport } from '#analysis/report/page/html.ts';
import type { Run } from '#lib/journal/run.ts';
import { writeEvidence } from './write-evidence.ts';

export interface ReportParts {
  readonly folder: string;
  /** The path of that folder outside the container. */
  readonly shownAs: string;
  readonly run: Run;
  readonly now: () => Date;
  readonly print: (line: string) => void;
}

/** `make report`: returns the exit code. */
export async function report(parts: ReportParts): Promise<number> {
  const { folder, run, now } = parts;
  await printReport(await gather(folder, run, { made: now(), versions: await versionsOf(run) }), parts);
  return 0;
}

/** Writes the report and prints where it is. */
export async function printReport(
  facts: Report,
  { folder, shownAs, print }: Pick<ReportParts, 'folder' | 'shownAs' | 'print'>,
): Promise<void> {
  const page = renderReport(facts);
  await writeEvidence(folder, 'report.json', `${JSON.stringify(facts, null, 2)}\n`);
  await writeEvidence(folder, 'report.html', page);
  print(
    `${join(shownAs, 'report.html')}  ${Math.ceil(Buffer.byteLength(page) / 1024)} KiB, open it in any browser`,
  );
  print(`${join(shownAs, 'report.json')}  the same facts`);
  for (const { host, problem } of facts.captures) if (problem) print(`  the ${host}'s capture: ${problem}`);
}
