import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '#lib/journal/run.ts';
import { counted } from '#lib/text/figures.ts';
import { privateKeyIn } from '../hand-in/key-pair.ts';
import { limitOf, limits } from '../hand-in/limits.ts';
import { type HandedFile, signedManifest } from '../hand-in/manifest.ts';
import { isCapture, journals, KEYS, MANIFEST, required } from '../hand-in/names.ts';
import { openTogether } from '../hand-in/open-together.ts';
import { closeAll, type Opened, writeArchive } from '../hand-in/write-archive.ts';
import { ANSWERS, allowedFor, readAnswers } from '../sheet/answers.ts';
import { ASSIGNMENT, type Assignment, labSeedOf, readAssignment } from '../sheet/assignment.ts';
import { capturesOf } from '../sheet/captures.ts';
import { readSheet } from '../sheet/read-sheet.ts';
import type { Sheet } from '../sheet/schema.ts';
import { SheetError } from '../sheet/sheet-error.ts';

export interface HandInParts {
  /** The folder of the run. */
  readonly captures: string;
  /** The folder of the hand-ins, with the student's key. */
  readonly handIns: string;
  /** The path of that folder outside the container. */
  readonly shownAs: string;
  /** The folder with all sheets. */
  readonly sheets: string;
  readonly run: Run;
  readonly now: () => Date;
  readonly print: (line: string) => void;
}

/** `make hand-in`: writes the one file that a student gives to the teacher. Returns the exit code. */
export async function handIn(parts: HandInParts): Promise<number> {
  const { captures, handIns, shownAs, print } = parts;
  const assignment = await readAssignment(captures);
  const sheet = await readSheet(parts.sheets, assignment.sheet);
  const files = await openTogether(captures, async () => namesFor(sheet, await readdir(captures)));
  try {
    mustFit(files);
    const name = `${assignment.sheet}-${assignment.student}`;
    const part = join(handIns, `.${name}.part`);
    const { bytes, sha256 } = await written(part, { assignment, files, parts });
    const aside = await moveAside(handIns, name);
    await rename(part, join(handIns, `${name}.tgz`));
    for (const file of files) print(`  ${file.name.padEnd(18)} ${file.bytes} bytes`);
    if (aside) print(`the earlier hand-in is now ${join(shownAs, aside)}`);
    warnOfSeed(assignment, parts);
    print(describeAnswered(sheet, await readAnswers(captures)));
    print(`${join(shownAs, `${name}.tgz`)}  ${files.length} files, ${bytes} bytes`);
    print(`SHA-256 ${sha256}`);
    print('give this file to your teacher; key.pem beside it is yours: it signs what you hand in');
    return 0;
  } finally {
    await closeAll(files);
  }
}

/** What of a sheet is answered. Whether it is right, make check says. */
function describeAnswered({ questions }: Sheet, answers: ReadonlyMap<string, string>): string {
  const asked = questions.filter((question) => allowedFor(question) !== undefined);
  const open = asked.filter(({ id }) => !answers.has(id)).map(({ id }) => id);
  const answered = `${asked.length - open.length} of ${counted(asked.length, 'question')} answered`;
  return open.length > 0 ? `${answered}; without an answer: ${open.join(', ')}` : answered;
}

/** Writes the archive with a signed list of its files. */
async function written(
  path: string,
  {
    assignment,
    files,
    parts: { handIns, now },
  }: {
    readonly assignment: Assignment;
    readonly files: readonly Opened[];
    readonly parts: Pick<HandInParts, 'handIns' | 'now'>;
  },
) {
  const unsigned = { made: now().toISOString(), assignment, files: files.map(inManifest) };
  const manifest = signedManifest(unsigned, await privateKeyIn(join(handIns, 'key.pem')));
  await rm(path, { force: true });
  return writeArchive(path, manifest, files);
}

/** The files in the folder of the run that a hand-in has, in the order of its list. */
function namesFor(sheet: Sheet, there: readonly string[]): string[] {
  const wanted = [ASSIGNMENT, ANSWERS, ...journals, ...(sheet.keys ? [KEYS] : [])];
  const missing = required.filter((name) => name !== MANIFEST && !there.includes(name));
  if (missing.length > 0)
    throw new SheetError(
      `the run has no ${missing.join(', ')}; cure: make sheet, which begins a run, and do the sheet in it`,
    );
  // The capture of the wire has each packet twice. Few sheets ask for it.
  const hasWire = capturesOf(sheet).has('wire');
  const captured = there.filter((name) => isCapture(name) && (hasWire || !name.startsWith('wire.'))).sort();
  return [...wanted.filter((name) => there.includes(name)), ...captured];
}

function mustFit(files: readonly HandedFile[]): void {
  const large = files.find(({ name, bytes }) => bytes > limitOf(name));
  if (large) {
    const { name, bytes } = large;
    throw new SheetError(
      `${name} has ${bytes} bytes; allowed: ${limitOf(name)}; cure: make sheet begins a new run; do only what the sheet asks for`,
    );
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes <= limits.all && files.length < limits.files) return;
  throw new SheetError(
    `the run has ${files.length} files with ${bytes} bytes; allowed: ${limits.files - 1} files, ${limits.all} bytes; cure: make sheet begins a new run; do only what the sheet asks for`,
  );
}

function inManifest({ name, bytes, sha256 }: HandedFile): HandedFile {
  return { name, bytes, sha256 };
}

/** Gives an earlier hand-in of this name the next free number. Returns its new name; undefined without one. */
async function moveAside(folder: string, name: string): Promise<string | undefined> {
  const isThere = (file: string) =>
    stat(join(folder, file)).then(
      () => true,
      () => false,
    );
  if (!(await isThere(`${name}.tgz`))) return undefined;
  let number = 1;
  while (await isThere(`${name}.${number}.tgz`)) number += 1;
  await rename(join(folder, `${name}.tgz`), join(folder, `${name}.${number}.tgz`));
  return `${name}.${number}.tgz`;
}

/** Warns a student who did the sheet in a run that was not started for it. */
function warnOfSeed(assignment: Assignment, { run, print }: Pick<HandInParts, 'run' | 'print'>): void {
  const seed = labSeedOf(assignment);
  const other = run.starts.flatMap(({ faults }) => faults).find((server) => server.seed !== seed);
  if (!other) return;
  print(`warning: this run has the seed ${other.seed}, and your sheet has ${seed}`);
  print('         cure: make down, make sheet with your name, do the sheet in its run, and hand in again');
}
