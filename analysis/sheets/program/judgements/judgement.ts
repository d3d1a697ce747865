import type { GenericSchema, InferOutput } from 'valibot';
import type { FrameRef } from '#analysis/capture/frames.ts';
import type { StageSeen } from '../seen/stage-seen.ts';

/** What one judgement says of a stage. */
export interface Judged {
  readonly holds: boolean;
  /** One line: what a right program does. */
  readonly expected: string;
  /** One line: what the packets show instead, or that they show it. It may contain what the program printed. */
  readonly shown: string;
  /** The frames that prove it, in the capture of the client. */
  readonly frames: readonly FrameRef[];
}

/**
 * One kind of question about a stage. Its file is its behaviour: the limits that a sheet may give, and how the packets
 * and the journal answer.
 */
export interface Judgement<Schema extends GenericSchema = GenericSchema> {
  readonly kind: string;
  /** The limits, as in `program.json`, without `kind`. */
  readonly limits: Schema;
  judge(limits: InferOutput<Schema>, seen: StageSeen): Judged;
}

/** Keeps the type of the limits of a judgement. */
export function judgement<Schema extends GenericSchema, const Kind extends string>(
  one: Judgement<Schema> & { readonly kind: Kind },
): Judgement<Schema> & { readonly kind: Kind } {
  return one;
}
