import * as v from 'valibot';
import { counted } from '#lib/text/figures.ts';
import { judgement } from './judgement.ts';
import { type Sent, segmentsOf, transferOf, withoutSegments } from './segments.ts';
import { framesIn } from './tries.ts';

/** An ACK that is later than this, in seconds, is the machine's fault: a retransmission in the meantime is no mistake. */
const AT_ONCE = 0.04;
/** How long a program on a busy machine may take to notice an ACK that has arrived, in seconds. */
const TO_NOTICE = 0.15;
/** Faults that keep a datagram from being read. */
const LOSSES: readonly string[] = ['loss', 'corruption', 'truncate'];

/** How many segments are retransmitted: no more than what was lost needs, and a margin. */
export const retransmissions = judgement({
  kind: 'retransmissions',
  limits: v.strictObject({
    /** Retransmissions for each lost datagram; go-back-N may repeat its whole window for each. */
    each: v.pipe(v.number(), v.minValue(1)),
    margin: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  judge({ each, margin }, seen) {
    const { mode, window } = transferOf(seen.stage);
    const lost = seen.decided.filter(({ fault }) => LOSSES.includes(fault)).length;
    const allowed = Math.floor(lost * each * (mode === 'go-back-n' ? window : 1)) + margin;
    const expected = `at most ${counted(allowed, 'retransmission')}, because ${counted(lost, 'datagram')} of both directions ${lost === 1 ? 'was' : 'were'} lost, and at most ${margin} of what was acknowledged`;
    const segments = segmentsOf(seen);
    if (segments.length === 0) return { holds: false, expected, ...withoutSegments(seen) };
    const repeated = segments.filter(({ before }) => before !== undefined);
    const counting = repeated.filter((sent) => !isExcused(sent));
    const needless = repeated.filter(isNeedless);
    const frames = (needless.length > margin ? needless : counting).slice(0, 8).map(({ frame }) => frame);
    const shown = `${counted(repeated.length, 'retransmission')}, ${framesIn(repeated.map(({ frame }) => frame))}${describeNeedless(needless)}`;
    return { holds: counting.length <= allowed && needless.length <= margin, expected, shown, frames };
  },
});

/** Whether the ACK of the copy before was on its way for long. */
function isExcused({ before }: Sent): boolean {
  return before?.acknowledged !== undefined && before.acknowledged.time - before.frame.time > AT_ONCE;
}

/** Whether the copy before had been acknowledged long enough for the program to know. */
function isNeedless({ before, frame }: Sent): boolean {
  return before?.acknowledged !== undefined && frame.time - before.acknowledged.time > TO_NOTICE;
}

function describeNeedless([first, ...others]: readonly Sent[]): string {
  if (!first) return '';
  const { datagram, before, frame } = first;
  const example = `frame ${frame.number} repeats ${datagram.kind} ${datagram.sequence}, which frame ${before?.acknowledged?.number} has acknowledged`;
  return `; ${others.length + 1} of what was acknowledged: ${example}`;
}
