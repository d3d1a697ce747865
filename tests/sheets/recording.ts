import { createReadStream } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAnswers } from '#analysis/sheets/checks/check-sheet.ts';
import { readArchive } from '#analysis/sheets/hand-in/read-archive.ts';
import { Evidence } from '#analysis/sheets/measures/evidence.ts';
import { readAnswers } from '#analysis/sheets/sheet/answers.ts';
import { type Assignment, readAssignment } from '#analysis/sheets/sheet/assignment.ts';
import { readCompleteSheet } from '#analysis/sheets/sheet/place-problems.ts';
import { readRightChoices } from '#analysis/sheets/sheet/read-sheet.ts';
import type { Result } from '#analysis/sheets/sheet/result.ts';
import type { Sheet } from '#analysis/sheets/sheet/schema.ts';
import { type Run, readRun } from '#lib/journal/run.ts';

export const SHEETS = join(import.meta.dirname, '..', '..', 'sheets');

/** For an archive without a record, which no recording is. */
const NO_DEFAULTS = {
  addresses: { server: '', client: '' },
  ports: { http: 0, https: 0, echo: 0, echoTls: 0 },
};

type Answers = ReadonlyMap<string, string>;
export const NO_ANSWERS: Answers = new Map();

interface Parts {
  readonly sheet: Sheet;
  readonly assignment: Assignment;
  readonly run: Run;
  readonly rightChoices: Readonly<Record<string, string>> | undefined;
}

/** A sheet that a student has done. Its packets are read once, however often answers about them are checked. */
export class Recording {
  readonly assignment: Assignment;
  readonly answers: Answers;
  readonly #parts: Parts;
  readonly #evidence: Evidence;

  private constructor(parts: Parts, answers: Answers, folder: string) {
    this.assignment = parts.assignment;
    this.answers = answers;
    this.#parts = parts;
    this.#evidence = new Evidence({ folder, run: parts.run });
  }

  /** Opens a hand-in. */
  static async open(path: string): Promise<Recording> {
    const folder = await emptyFolder();
    await readArchive(createReadStream(path), folder);
    const assignment = await readAssignment(folder);
    const [sheet, rightChoices] = await Promise.all([
      readCompleteSheet(SHEETS, assignment.sheet),
      readRightChoices(SHEETS, assignment.sheet),
    ]);
    const run = await readRun(folder, NO_DEFAULTS);
    return new Recording({ sheet, assignment, run, rightChoices }, await readAnswers(folder), folder);
  }

  get questions(): Sheet['questions'] {
    return this.#parts.sheet.questions;
  }

  /** Checks answers about these packets, for this student or another. */
  check(answers: Answers, assignment = this.assignment): Promise<Result[]> {
    return checkAnswers({ ...this.#parts, assignment, answers, evidence: this.#evidence });
  }

  /** Checks a run of this student in which nothing was done. */
  async checkNothing(): Promise<Result[]> {
    const evidence = new Evidence({ folder: await emptyFolder(), run: this.#parts.run });
    return checkAnswers({ ...this.#parts, answers: NO_ANSWERS, evidence });
  }
}

function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'recording-'));
}

export function scoredIn(results: readonly Result[]): number {
  return results.reduce((sum, { scored }) => sum + scored, 0);
}

export function pointsOf(results: readonly Result[]): number {
  return results.reduce((sum, { points }) => sum + points, 0);
}
