import * as v from 'valibot';
import { describeDecision } from '#analysis/join/describe.ts';
import { judgement } from './judgement.ts';
import { answerOf, decisionOf, insteadOf, quoted, triesOf, wantedOf } from './tries.ts';

/** What the program does with an echo whose checksum is not that of its body. */
export const refusesChecksum = judgement({
  kind: 'refuses-checksum',
  limits: v.strictObject({}),
  judge(_, seen) {
    const expected = 'an altered echo is not accepted, and another attempt follows';
    const tries = triesOf(seen);
    const altered = tries.flat().filter((one) => decisionOf(one) === 'corruption' && answerOf(one));
    const [first] = altered;
    if (!first) return { holds: false, expected, ...insteadOf(seen) };
    const answer = answerOf(first)!;
    const wanted = wantedOf(seen);
    const accepted = seen.printed.find((text) => !wanted.includes(text));
    const ofSame = tries.find((one) => one.includes(first))!;
    const next = ofSame.find(({ frame }) => frame.number > answer.number);
    const what = `the echo in frame ${answer.number} is altered (${describeDecision(first.match!.entry)})`;
    const frames = [first.frame, answer, ...(next ? [next.frame] : [])];
    if (accepted !== undefined)
      return {
        holds: false,
        expected,
        shown: `${what}, and the program prints ${quoted(accepted)} as accepted`,
        frames,
      };
    if (!next) return { holds: false, expected, shown: `${what}, and no attempt follows it`, frames };
    return {
      holds: true,
      expected,
      shown: `${what}, and frame ${next.frame.number} is the next attempt`,
      frames,
    };
  },
});
