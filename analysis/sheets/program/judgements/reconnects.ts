import * as v from 'valibot';
import { judgement } from './judgement.ts';
import { insteadOf, triesOf } from './tries.ts';

/** What the program does when the server resets the connection. */
export const reconnects = judgement({
  kind: 'reconnects',
  limits: v.strictObject({}),
  judge(_, seen) {
    const expected = 'after the reset, a new connection to the same port, and the message again on it';
    const tries = triesOf(seen).flat();
    const broken = seen.talks.find(
      ({ client, reset }) => reset?.by === 'server' && tries.some((one) => one.client === client),
    );
    if (!broken?.reset) return { holds: false, expected, ...insteadOf(seen) };
    const { frame } = broken.reset;
    const next = tries.find((one) => one.frame.number > frame.number && one.client !== broken.client);
    const begun = seen.talks.find(({ client }) => client === next?.client);
    const what = `frame ${frame.number} resets the connection`;
    if (next && begun) {
      const shown = `${what}, frame ${begun.begun.number} begins another one, frame ${next.frame.number} has the message`;
      return { holds: true, expected, shown, frames: [frame, begun.begun, next.frame] };
    }
    const empty = seen.talks.find(({ begun: { number } }) => number > frame.number);
    const stray = seen.strays.find((one) => one.frame.number > frame.number);
    const then = empty?.begun ?? stray?.frame;
    const instead = empty
      ? `the connection of frame ${empty.begun.number} carries no right message`
      : stray
        ? `frame ${stray.frame.number} goes to ${stray.to}`
        : 'no packet of the program follows';
    return {
      holds: false,
      expected,
      shown: `${what}, and ${instead}`,
      frames: then ? [frame, then] : [frame],
    };
  },
});
