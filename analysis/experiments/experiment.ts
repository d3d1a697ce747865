import type { Frame } from '#analysis/capture/frames.ts';
import type { Match } from '#analysis/join/finding.ts';
import type { Observations } from './observed.ts';
import type { Step, Target } from './steps.ts';

/** Frames that show something, and which of their bytes. */
export interface Shown {
  readonly frame: Frame | undefined;
  readonly says: string;
  /** Bytes to mark, from 0. */
  readonly marked?: readonly number[];
}

/** What the packets say of an experiment. */
export interface Outcome {
  readonly agrees: boolean;
  readonly seen: string;
  readonly evidence: readonly Shown[];
}

/** An experiment of the seed documents: what is done, what is expected, and how the packets are asked. */
export interface DemoExperiment {
  /** Section of the seed document, 2 unless told. */
  readonly section: string;
  readonly title: string;
  readonly expected: string;
  /** In the lab of the demo, which has no faults in between. */
  steps(target: Target): readonly Step[];
  look(observations: Observations): Outcome;
}

/** What is said when an experiment left nothing to look at. */
export function nothing(what: string): Outcome {
  return { agrees: false, seen: `there is no ${what} in the capture and the journal`, evidence: [] };
}

/** The frames of a match: what came, and what left. */
export function framesOf(observations: Observations, { request, answer }: Match) {
  const frame = (refs: Match['request']) => observations.frame(refs[0]?.number);
  return { came: frame(request), left: frame(answer) };
}

/** Every byte of a payload. */
export function all({ payload }: Frame): number[] {
  return [...payload.keys()];
}

/** Bytes in which two payloads differ. */
export function differences(a: Buffer, b: Buffer): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => at).filter((at) => a[at] !== b[at]);
}

export function hex(byte: number | undefined): string {
  return byte === undefined ? 'nothing' : `0x${byte.toString(16).padStart(2, '0')}`;
}
