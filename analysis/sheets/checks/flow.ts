import { flowFact, flowOf } from '../measures/flows.ts';
import type { flowFacts } from '../sheet/schema.ts';
import type { Check } from './check.ts';

/** What a sheet may want of a flow, in words. */
const names: Readonly<Record<(typeof flowFacts)[number], string>> = {
  fast: 'fast retransmissions',
  timeout: 'retransmissions by timeout',
  'tail-probe': 'retransmissions by a tail probe',
  unclear: 'retransmissions of unclear cause',
  retransmissions: 'retransmissions',
  frames: 'retransmitted frames',
  duplicateAcks: 'duplicate ACKs',
  megabits: 'Mbit/s',
  longest: 'ms of the longest round trip',
  shortest: 'ms of the shortest round trip',
  cwnd: 'bytes of the largest congestion window',
  smoothed: 'ms of the longest smoothed round trip',
  flight: 'bytes in flight at most',
  queue: 'packets in the queue of the wire at most',
  drops: 'packets dropped by the queue',
  fairness: "Jain's index",
  cause: 'cause of the first retransmission',
};

/**
 * A TCP flow did what the sheet asks for. What was measured is not said, nor shown by the number of frames: another question of
 * the sheet may ask for it.
 */
export const flow: Check<'flow'> = async ({ question: { atLeast, atMost, flow: wanted }, evidence }) => {
  const found = await flowOf(evidence, wanted);
  if (!found) return { state: 'not-yet', reason: 'your captures have no such flow yet' };
  const { firstFrame, retransmitted, sender } = found;
  const numbers = [firstFrame, ...retransmitted.slice(0, 1).map(({ frame }) => frame)];
  const frames = numbers.map((number) => ({ capture: sender, number }));
  const missed = [
    ...boundsIn(atLeast).flatMap(([of, bound]) =>
      Number(flowFact(found, of)) >= bound ? [] : [`${names[of]}, at least ${bound}`],
    ),
    ...boundsIn(atMost).flatMap(([of, bound]) =>
      Number(flowFact(found, of)) <= bound ? [] : [`${names[of]}, at most ${bound}`],
    ),
  ];
  if (missed.length === 0) return { state: 'done', reason: `the flow from ${found.began} did that`, frames };
  return {
    state: 'not-yet',
    reason: `the flow from ${found.began} is another one; needed: ${missed.join('; ')}`,
    frames,
  };
};

/** A figure that the packets do not show is within no bound. */
function boundsIn(bounds: Readonly<Partial<Record<(typeof flowFacts)[number], number>>>) {
  return Object.entries(bounds) as [(typeof flowFacts)[number], number][];
}
