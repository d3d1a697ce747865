import * as v from 'valibot';
import type { Attempt } from '../seen/stage-seen.ts';
import { judgement } from './judgement.ts';
import { answerOf, triesOf } from './tries.ts';

const seconds = v.pipe(v.number(), v.minValue(0));

/** How long the program waits for an answer that does not arrive, before it tries again. */
export const waits = judgement({
  kind: 'waits',
  limits: v.strictObject({ min: seconds, max: seconds }),
  judge({ min, max }, seen) {
    const expected = `${min} to ${max} seconds between an attempt without an answer and the next one`;
    const pauses = triesOf(seen).flatMap(pausesOf);
    const frames = pauses.flatMap(({ from, to }) => [from.frame, to.frame]);
    if (pauses.length === 0) {
      const first = triesOf(seen).flat()[0];
      const shown = first
        ? `no attempt follows frame ${first.frame.number}, which had no answer in time`
        : 'no attempt at all';
      return { holds: false, expected, shown, frames: first ? [first.frame] : [] };
    }
    const wrong = pauses.find(({ took }) => took < min || took > max);
    const { from, to, took } = wrong ?? pauses[0]!;
    const shown = `${took.toFixed(3)} s between frame ${from.frame.number} and frame ${to.frame.number}`;
    return { holds: !wrong, expected, shown, frames: wrong ? [from.frame, to.frame] : frames };
  },
});

interface Pause {
  readonly from: Attempt;
  readonly to: Attempt;
  /** Seconds. */
  readonly took: number;
}

/** The pauses after attempts whose answer had not arrived when the next attempt was made. */
function pausesOf(tries: readonly Attempt[]): Pause[] {
  return tries.slice(1).flatMap((to, at) => {
    const from = tries[at]!;
    const answer = answerOf(from);
    const wasAnswered = answer !== undefined && answer.number < to.frame.number;
    return wasAnswered ? [] : [{ from, to, took: to.frame.time - from.frame.time }];
  });
}
