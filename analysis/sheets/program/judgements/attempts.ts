import * as v from 'valibot';
import { counted } from '#lib/text/figures.ts';
import { nameOf } from '../seen/names.ts';
import type { Attempt } from '../seen/stage-seen.ts';
import { judgement } from './judgement.ts';
import { framesIn, insteadOf, textsOf, triesOf } from './tries.ts';

const number = v.pipe(v.number(), v.integer(), v.minValue(1));

/** An answer that is later than this, in seconds, is the machine's fault: the attempt after it is no mistake. */
const AT_ONCE = 0.4;

/** How often the program sends each message, or its request. */
export const attempts = judgement({
  kind: 'attempts',
  limits: v.strictObject({ min: number, max: number }),
  judge({ min, max }, seen) {
    const range = min === max ? counted(min, 'attempt') : `${min} to ${max} attempts`;
    const expected = `${range} of ${textsOf(seen).length > 1 ? 'each message' : 'the message'}`;
    const tries = triesOf(seen);
    const wrong = tries.find((one) => one.length < min || one.length - excused(one) > max);
    const frames = (wrong ?? tries.flat()).map(({ frame }) => frame);
    if (!wrong) return { holds: true, expected, shown: framesIn(frames), frames };
    if (wrong.length === 0) return { holds: false, expected, ...insteadOf(seen) };
    const what = `${counted(wrong.length, 'attempt')}, ${framesIn(frames)}`;
    const hasEnded = wrong.length < min && seen.ran.forced === undefined;
    const end = hasEnded ? `, and the program ended with exit code ${seen.ran.code ?? 'none'}` : '';
    return { holds: false, expected, shown: `${what}${end}`, frames };
  },
});

/** How many attempts follow one whose answer was meant to be sent at once, and was late on a busy machine. */
function excused(tries: readonly Attempt[]): number {
  const isLate = ({ frame, match }: Attempt) => {
    const held = match && ['delay', 'timeout', 'reorder'].includes(nameOf(match.entry));
    const [answer] = match?.response ?? [];
    return !held && answer !== undefined && answer.time - frame.time > AT_ONCE;
  };
  return tries.slice(0, -1).filter(isLate).length;
}
