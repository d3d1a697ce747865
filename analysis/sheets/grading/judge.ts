import type { Readable } from 'node:stream';
import { CaptureError } from '#analysis/capture/capture-files.ts';
import { ToolError } from '#analysis/capture/tool.ts';
import { type Run, readRun } from '#lib/journal/run.ts';
import { checkSheet } from '../checks/check-sheet.ts';
import type { HandedFile } from '../hand-in/manifest.ts';
import { ArchiveError, type ArchiveFault, readArchive } from '../hand-in/read-archive.ts';
import { countAnswers } from '../sheet/answers.ts';
import type { Assignment } from '../sheet/assignment.ts';
import { openChoices, readRightChoices, readSheet } from '../sheet/read-sheet.ts';
import { SheetError } from '../sheet/sheet-error.ts';
import { askedOf } from './asked.ts';
import { judgeCaptures, siftCaptures } from './captures.ts';
import { judgeContents, judgeLines } from './contents.ts';
import { drawProblems } from './draws.ts';
import { excerptsOf } from './excerpts.ts';
import { type FlagName, Flags } from './flags.ts';
import { type Judged, nothingJudged } from './judged.ts';
import { judgeNumbers } from './numbers.ts';

export interface JudgingParts {
  /** The folder with all sheets. */
  readonly sheets: string;
  /** An empty folder for the files of the hand-in. */
  readonly folder: string;
}

const FLAG_OF: Readonly<Record<ArchiveFault, FlagName>> = {
  unreadable: 'unreadable',
  strange: 'strange-archive',
  'too-large': 'too-large',
};

/** Judges one hand-in: its answers, and what in it does not fit together. Nothing in it makes this fail. */
export async function judge(archive: Readable, { sheets, folder }: JudgingParts): Promise<Judged> {
  const flags = new Flags();
  let files: HandedFile[];
  try {
    files = await readArchive(archive, folder);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    flags.add(FLAG_OF[error.fault], error.message);
    return { ...nothingJudged, flags: flags.all() };
  }
  const { manifest, assignment } = await judgeContents(folder, files, flags);
  const known = { files, made: manifest?.made, publicKey: manifest?.publicKey, assignment };
  const isReadable = (await judgeLines(folder, files, flags)) && (await siftCaptures(folder, flags));
  if (!isReadable) return { ...nothingJudged, ...known, flags: flags.all() };
  return { ...known, ...(await judgeRun(assignment, { sheets, folder }, flags)) };
}

/** Judges what a run has by itself, and the answers about it. */
async function judgeRun(
  assignment: Assignment | undefined,
  { sheets, folder }: JudgingParts,
  flags: Flags,
): Promise<Omit<Judged, 'files'>> {
  const run = await readRun(folder, NO_DEFAULTS);
  const numbers = assignment && (await judgeNumbers(assignment, { folder, run }, flags));
  for await (const { kind, journal, entry, detail } of drawProblems(folder, run))
    flags.add(kind === 'differs' ? 'draw-differs' : 'draw-missing', `${journal} entry ${entry}: ${detail}`);
  const traces = await tried(() => judgeCaptures(folder, run, flags), nothingJudged.traces, flags);
  const answers = assignment
    ? await tried(() => answered(assignment, { sheets, folder }, run, flags), NOTHING_ASKED, flags)
    : NOTHING_ASKED;
  const frames = [
    ...flags.all().flatMap((flag) => flag.frames),
    ...answers.results.flatMap((result) => result.frames),
  ];
  const excerpts = await tried(() => excerptsOf(folder, run, frames), [], flags);
  return { numbers, ...answers, flags: flags.all(), traces, excerpts };
}

/** A hand-in without a record has no addresses, and the ports of the lab. */
const NO_DEFAULTS = {
  addresses: { server: '', client: '' },
  ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
} as const;

type Answered = Pick<Judged, 'drawn' | 'asked' | 'results'>;
const NOTHING_ASKED: Answered = { drawn: [], asked: [], results: [] };

async function answered(
  assignment: Assignment,
  { sheets, folder }: JudgingParts,
  run: Run,
  flags: Flags,
): Promise<Answered> {
  const { sheet: name } = assignment;
  try {
    const [sheet, rightChoices] = await Promise.all([
      readSheet(sheets, name),
      readRightChoices(sheets, name),
    ]);
    const open = openChoices(sheet).map(({ id }) => id);
    if (open.length > 0 && !rightChoices)
      flags.add(
        'right-answers-missing',
        `${name}: ${open.length === 1 ? 'question' : 'questions'} ${open.join(', ')}`,
      );
    const checked = await checkSheet({ folder, sheet, assignment, run, rightChoices });
    const counts = await countAnswers(folder);
    const results = checked.map((result) => ({ ...result, answers: counts.get(result.question) }));
    return { results, ...(await askedOf({ sheets, sheet, assignment, run })) };
  } catch (error) {
    if (!(error instanceof SheetError)) throw error;
    flags.add('sheet-unknown', error.message);
    return NOTHING_ASKED;
  }
}

/** What a reading of the captures gives; the fallback, with a flag, when they can't be read. */
async function tried<Value>(read: () => Promise<Value>, fallback: Value, flags: Flags): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof CaptureError || error instanceof ToolError)) throw error;
    flags.add('capture-damaged', error.message);
    return fallback;
  }
}
