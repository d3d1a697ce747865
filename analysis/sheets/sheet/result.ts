import type { Question } from './schema.ts';

/** `done` gets the points. `not-yet` has no answer, or no packet that could show it. */
export const states = ['done', 'not-yet', 'wrong'] as const;
export type State = (typeof states)[number];

/** A frame that shows something, by its number in the capture of a host or the wire, counted from 1. */
export interface FrameOf {
  readonly capture: Question['capture'];
  readonly number: number;
}

/** What a question of a sheet got. */
export interface Result {
  readonly question: string;
  readonly kind: Question['kind'];
  readonly points: number;
  readonly scored: number;
  readonly state: State;
  /** A sentence that does not contain the right answer. */
  readonly reason: string;
  /** From the sheet, in the language of the student, unless it is done. */
  readonly hint?: string | undefined;
  /** What the student answered. */
  readonly answer?: string | undefined;
  /** What the packets show, for the teacher: it gives the answer away. */
  readonly truth?: string | undefined;
  /** They show why. They can give the answer away, so a student sees them when the question is done. */
  readonly frames: readonly FrameOf[];
}

/** What a student learns of a result: frames can give an answer away, so they are shown when the question is done. */
export type StudentResult = Omit<Result, 'truth'>;

/** What a student learns of her results. A frame that an open question asks for is shown nowhere. */
export function forStudent(results: readonly Result[]): StudentResult[] {
  const asked = results.filter(({ kind, state }) => kind === 'frame' && state !== 'done');
  const hidden = new Set(asked.flatMap(({ frames }) => frames).map(keyOf));
  return results.map(({ truth: _, ...result }) => ({
    ...result,
    frames: result.state === 'done' ? result.frames.filter((frame) => !hidden.has(keyOf(frame))) : [],
  }));
}

function keyOf({ capture, number }: FrameOf): string {
  return `${capture} ${number}`;
}
