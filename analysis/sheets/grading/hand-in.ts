import { type Flag, type FlagName, Flags, flagNames } from './flags.ts';
import type { Judged } from './judged.ts';

/** A hand-in with what its container found, and what it shares with others. */
export class HandIn {
  /** The name of its file. */
  readonly file: string;
  readonly judged: Judged;
  /** How long its container took. */
  readonly seconds: number;
  readonly shared: Flags;

  constructor(file: string, judged: Judged, seconds: number, shared = new Flags()) {
    this.file = file;
    this.judged = judged;
    this.seconds = seconds;
    this.shared = shared;
  }

  /** The same hand-in with what else its container found. */
  with(judged: Judged): HandIn {
    return new HandIn(this.file, judged, this.seconds, this.shared);
  }

  get sheet(): string {
    return this.judged.assignment?.sheet ?? '';
  }

  /** Empty when the hand-in has no readable assignment. */
  get student(): string {
    return this.judged.assignment?.student ?? '';
  }

  /** Its student, or its file when nobody knows the student. */
  get name(): string {
    return this.student || this.file;
  }

  get flags(): readonly Flag[] {
    const all = [...this.judged.flags, ...this.shared.all()];
    return all.toSorted((one, other) => flagNames.indexOf(one.flag) - flagNames.indexOf(other.flag));
  }

  has(name: FlagName): boolean {
    return this.flags.some(({ flag }) => flag === name);
  }

  get scored(): number {
    return rounded(this.judged.results.reduce((sum, { scored }) => sum + scored, 0));
  }

  get points(): number {
    return rounded(this.judged.results.reduce((sum, { points }) => sum + points, 0));
  }
}

/** Halves and thirds of points must not show the rounding of binary fractions. */
function rounded(points: number): number {
  return Number(points.toFixed(3));
}

/** The questions of all hand-ins, each once, in the order of their numbers. */
export function questionsOf(handIns: readonly HandIn[]): string[] {
  const all = new Set(handIns.flatMap(({ judged }) => judged.results.map(({ question }) => question)));
  return [...all].sort(new Intl.Collator('en', { numeric: true }).compare);
}
