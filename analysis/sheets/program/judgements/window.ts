import * as v from 'valibot';
import { judgement } from './judgement.ts';
import { type Sent, segmentsOf, transferOf, withoutSegments } from './segments.ts';

/** How many segments are on the way at once: never more than the window, and as many as asked for at some time. */
export const window = judgement({
  kind: 'window',
  limits: v.strictObject({ used: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  judge({ used }, seen) {
    const { window: allowed } = transferOf(seen.stage);
    const least = used > 1 ? `, and at least ${used} at some time` : '';
    const expected = `at most ${allowed} segments on the way at once${least}`;
    const segments = segmentsOf(seen);
    if (segments.length === 0) return { holds: false, expected, ...withoutSegments(seen) };
    const early = segments.find((sent) => onTheWay(sent) > limitOf(sent, allowed));
    if (early) {
      const { frame, datagram, base } = early;
      const shown = `frame ${frame.number} sends ${datagram.kind} ${datagram.sequence} while ${base} is the first without an ACK: ${onTheWay(early)} on the way`;
      return { holds: false, expected, shown, frames: [frame] };
    }
    const most = segments.reduce((best, sent) => (onTheWay(sent) > onTheWay(best) ? sent : best));
    const shown = `at most ${onTheWay(most)} on the way, at frame ${most.frame.number}`;
    return { holds: onTheWay(most) >= used, expected, shown, frames: [most.frame] };
  },
});

/** From the first number without an ACK to that of the segment. */
function onTheWay({ datagram, base }: Sent): number {
  return datagram.sequence - base + 1;
}

/** Before the ACK of the OPEN, nobody knows what the receiver allows. */
function limitOf({ base }: Sent, window: number): number {
  return base === 0 ? 1 : window;
}
