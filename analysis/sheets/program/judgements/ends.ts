import * as v from 'valibot';
import { judgement } from './judgement.ts';

/** Whether the program ends by itself. */
export const ends = judgement({
  kind: 'ends',
  limits: v.strictObject({}),
  judge(_, { ran, stage, attempts }) {
    const expected = `the program ends by itself within ${stage.seconds} s`;
    const seconds = (ran.ended - ran.began).toFixed(1);
    const frames = attempts.slice(-1).map(({ frame }) => frame);
    if (ran.forced === undefined)
      return {
        holds: true,
        expected,
        shown: `it ended after ${seconds} s with exit code ${ran.code ?? 'none'}`,
        frames,
      };
    const why =
      ran.forced === 'output'
        ? 'it printed over 4 MB and was ended'
        : `it still ran after ${seconds} s and was ended`;
    return { holds: false, expected, shown: why, frames };
  },
});
