import * as v from 'valibot';
import { judgement } from './judgement.ts';
import { answerOf, quoted, triesOf, wantedOf } from './tries.ts';

const expectations = {
  once: 'the program prints each right answer once, and nothing else as accepted',
  'at-most-once': 'the program prints each right answer once at most, and nothing else as accepted',
  never: 'the program prints nothing as accepted, because no right answer is in the packets',
} as const;

/** What the program hands on, compared with what the packets brought: its lines on standard output. */
export const delivers = judgement({
  kind: 'delivers',
  limits: v.strictObject({ each: v.picklist(['once', 'at-most-once', 'never']) }),
  judge({ each }, seen) {
    const { printed } = seen;
    const wanted = wantedOf(seen);
    const expected = expectations[each];
    const answers = triesOf(seen)
      .flat()
      .flatMap((one) => answerOf(one) ?? []);
    const frames = answers.slice(0, 8);
    const wrong = (shown: string) => ({ holds: false, expected, shown, frames });
    const alien = printed.find((text) => each === 'never' || !wanted.includes(text));
    if (alien !== undefined) return wrong(`it prints ${quoted(alien)} as accepted`);
    const twice = wanted.find((text) => printed.filter((one) => one === text).length > 1);
    if (twice !== undefined)
      return wrong(`it prints ${quoted(twice)} ${printed.filter((one) => one === twice).length} times`);
    const missing = wanted.find((text) => !printed.includes(text));
    if (each === 'once' && missing !== undefined)
      return wrong(`it does not print ${quoted(missing)} as accepted`);
    const shown =
      printed.length === 0 ? 'it prints nothing as accepted' : `it prints ${printed.map(quoted).join(', ')}`;
    return { holds: true, expected, shown, frames };
  },
});
