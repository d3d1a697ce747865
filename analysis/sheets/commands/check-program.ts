import { findCapture } from '#analysis/capture/capture-files.ts';
import { mustBeReadable } from '#analysis/capture/capture-info.ts';
import { listen } from '#analysis/join/listen.ts';
import type { Run } from '#lib/journal/run.ts';
import { judgeStage } from '../program/judge.ts';
import { readProgramSheet } from '../program/read-program.ts';
import { Seeing } from '../program/seen/seeing.ts';
import { recordsIn } from '../program/sheet/record.ts';
import { describeResults, pointsOf, resultsAsJson } from '../program/words.ts';

export interface CheckProgramParts {
  /** The folder of all sheets. */
  readonly folder: string;
  readonly sheet: string;
  readonly seed: string;
  /** The folder of the captures. */
  readonly captures: string;
  /** The records of setup/check-program.sh. */
  readonly records: string;
  readonly run: Run;
  /** The port of a server of her own, which then counts as the echo server's. */
  readonly ownPort: number;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/** Judges a program by the capture of the client host and the journals. Returns 0 when it scores full, else 1. */
export async function checkProgram(parts: CheckProgramParts): Promise<number> {
  const { folder, sheet: name, seed, captures, run, ownPort, json, print } = parts;
  const sheet = await readProgramSheet(folder, name);
  const records = recordsIn(parts.records);
  const seeing = new Seeing({ sheet, seed, records, client: run.addresses.client });
  const isOwn = sheet.stages.some(({ partner }) => partner.startsWith('own'));
  const capture = await findCapture('client', captures);
  await mustBeReadable(capture);
  await listen(capture, isOwn ? { ...run, ports: { ...run.ports, echo: ownPort } } : run, [seeing]);
  const seen = new Map(seeing.stages().map((one) => [one.stage.id, one]));
  const results = sheet.stages.map((stage) => judgeStage(stage, seen.get(stage.id)));
  if (json) print(JSON.stringify(resultsAsJson(results, { sheet: name, seed })));
  else for (const line of describeResults(results, { title: sheet.title, seed })) print(line);
  const [scored, points] = pointsOf(results);
  return scored === points ? 0 : 1;
}
