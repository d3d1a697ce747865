import type { Evidence } from '../measures/evidence.ts';
import type { Drawn } from '../sheet/draws.ts';
import type { FrameOf, State } from '../sheet/result.ts';
import type { Question, QuestionOf } from '../sheet/schema.ts';

/** What a check needs. Places in the question are filled. */
export interface CheckParts<Kind extends Question['kind'] = Question['kind']> {
  readonly question: QuestionOf<Kind>;
  readonly evidence: Evidence;
  readonly drawn: Drawn;
  /** What the student answered. */
  readonly answer: string | undefined;
  /** The right choice by answers.json. Undefined when the teacher has kept it, or there is none. */
  readonly right?: string | undefined;
}

/** The result of a check. */
export interface Outcome {
  readonly state: State;
  /** A sentence that does not contain the right answer. */
  readonly reason: string;
  readonly frames?: readonly FrameOf[];
  /** What the packets show; only a teacher sees it. */
  readonly truth?: string;
}

/** Decides about one kind of question. */
export type Check<Kind extends Question['kind']> = (parts: CheckParts<Kind>) => Promise<Outcome>;

/** The answers of a student before anything was answered, and before there is anything to compare with. */
export const NO_ANSWER: Outcome = { state: 'not-yet', reason: 'no answer yet' };
export const NO_PACKET: Outcome = {
  state: 'not-yet',
  reason: 'your captures and journals have nothing yet that shows it',
};
