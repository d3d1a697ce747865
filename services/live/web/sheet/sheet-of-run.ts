import { access } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { checkSheet } from '#analysis/sheets/checks/check-sheet.ts';
import { mustBeAllowed, readAnswers } from '#analysis/sheets/sheet/answers.ts';
import { ASSIGNMENT, type Assignment, readAssignment } from '#analysis/sheets/sheet/assignment.ts';
import { readProse, readRightChoices, readSheet } from '#analysis/sheets/sheet/read-sheet.ts';
import { forStudent, type StudentResult } from '#analysis/sheets/sheet/result.ts';
import type { Sheet } from '#analysis/sheets/sheet/schema.ts';
import { type RunDefaults, readRun } from '#lib/journal/run.ts';
import { Refusal } from '#lib/live/refusal.ts';
import type { KeptAnswer, LiveSheet, SheetResult, SheetResults } from '../../contract.ts';
import type { History } from '../../feed/feed.ts';
import type { Keep } from './keeper.ts';
import { PacketsOfFrames } from './packets-of-frames.ts';
import { partsOf } from './parts.ts';

export interface SheetOfRunParts {
  /** The folder with the captures and journals of the run, and that with all sheets. */
  readonly captures: string;
  readonly sheets: string;
  /** What the record of the run does not have. */
  readonly defaults: RunDefaults;
  readonly isPlayed: boolean;
  readonly keep: Keep;
  readonly history: History;
}

/** Frames of a result that a page shows. */
const MOST_FRAMES = 12;

const answerSchema = v.strictObject({ question: v.string(), answer: v.string() });

/** The sheet of the run, if it belongs to one. Nothing is kept: all files can change, and `make answer` writes too. */
export class SheetOfRun {
  readonly #parts: SheetOfRunParts;
  #checking: Promise<unknown> = Promise.resolve();
  #next: Promise<SheetResults> | undefined;

  constructor(parts: SheetOfRunParts) {
    this.#parts = parts;
  }

  /** @throws SheetError when the sheet is damaged */
  async show(): Promise<LiveSheet | null> {
    const { captures, defaults, isPlayed, sheets } = this.#parts;
    const found = await this.#read();
    if (!found) return null;
    const { assignment, sheet } = found;
    const { course, language, sheet: name, student } = assignment;
    const [prose, run, answers] = await Promise.all([
      readProse(sheets, name, language),
      readRun(captures, defaults),
      readAnswers(captures),
    ]);
    const parts = partsOf(prose, { sheet, assignment, run, answers });
    return { language, student, course, minutes: sheet.minutes, parts, isReadOnly: isPlayed };
  }

  /** @throws Refusal when the run belongs to no sheet, or the answer is not taken; SheetError when it has the wrong form */
  async answer(body: unknown): Promise<KeptAnswer> {
    const given = v.parse(answerSchema, body);
    const { sheet } = await this.#mustRead();
    mustBeAllowed(sheet.questions, given);
    return this.#parts.keep(given);
  }

  /**
   * Checks all questions. One check runs at a time, and those who ask meanwhile share the next one, which knows their answers.
   *
   * @throws Refusal when the run belongs to no sheet; SheetError or ToolError when the sheet is damaged
   */
  results(): Promise<SheetResults> {
    this.#next ??= this.#checking.then(() => {
      this.#next = undefined;
      const check = this.#check();
      this.#checking = check.catch(() => undefined);
      return check;
    });
    return this.#next;
  }

  async #check(): Promise<SheetResults> {
    const { captures: folder, defaults, sheets } = this.#parts;
    const { assignment, sheet } = await this.#mustRead();
    const [run, rightChoices] = await Promise.all([
      readRun(folder, defaults),
      readRightChoices(sheets, assignment.sheet),
    ]);
    const found = await checkSheet({ folder, sheet, assignment, run, rightChoices });
    const results = forStudent(found).map(shorter);
    return {
      points: sum(results, ({ points }) => points),
      scored: sum(results, ({ scored }) => scored),
      results: this.#withPackets(results),
    };
  }

  #withPackets(results: readonly SheetResult[]): SheetResult[] {
    const packets = new PacketsOfFrames(
      this.#parts.history,
      results.flatMap(({ frames }) => frames),
    );
    return results.map((result) => ({
      ...result,
      frames: result.frames.map((frame) => ({ ...frame, packet: packets.of(frame) })),
    }));
  }

  async #mustRead(): Promise<{ assignment: Assignment; sheet: Sheet }> {
    const found = await this.#read();
    if (!found) throw new Refusal(404, 'this run belongs to no sheet');
    return found;
  }

  async #read(): Promise<{ assignment: Assignment; sheet: Sheet } | undefined> {
    const { captures, sheets } = this.#parts;
    const isThere = await access(join(captures, ASSIGNMENT)).then(
      () => true,
      () => false,
    );
    if (!isThere) return undefined;
    const assignment = await readAssignment(captures);
    return { assignment, sheet: await readSheet(sheets, assignment.sheet) };
  }
}

/** A result with the first of its frames. */
function shorter({ frames, kind: _, ...result }: StudentResult): SheetResult {
  return { ...result, frames: frames.slice(0, MOST_FRAMES), allFrames: frames.length };
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((all, item) => all + value(item), 0);
}
