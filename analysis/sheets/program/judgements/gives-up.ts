import * as v from 'valibot';
import { counted } from '#lib/text/figures.ts';
import { judgement } from './judgement.ts';
import { framesIn } from './tries.ts';

/** Whether the program gives up at last, and not for ever tries on. */
export const givesUp = judgement({
  kind: 'gives-up',
  limits: v.strictObject({ within: v.pipe(v.number(), v.minValue(0)) }),
  judge({ within }, { attempts, datagrams, ran }) {
    const expected = `the program ends by itself within ${within} s of its last attempt`;
    const sent = datagrams.filter(({ fromClient }) => fromClient);
    const all = [...attempts, ...sent].map(({ frame }) => frame);
    const last = all.at(-1);
    const tries = `${counted(all.length, 'attempt')}, ${framesIn(all)}`;
    if (ran.forced !== undefined) {
      const why =
        ran.forced === 'output'
          ? 'it printed over 4 MB'
          : `it still ran after ${(ran.ended - ran.began).toFixed(0)} s`;
      return { holds: false, expected, shown: `${why}, with ${tries}`, frames: all.slice(0, 6) };
    }
    if (!last) return { holds: false, expected, shown: 'no attempt at all', frames: [] };
    const took = Math.max(0, ran.ended - last.time);
    const shown = `it ended ${took.toFixed(1)} s after frame ${last.number}, its last attempt`;
    return { holds: took <= within, expected, shown, frames: [last] };
  },
});
