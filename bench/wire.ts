import type { Section } from './section.ts';
import { accuracy } from './wire/accuracy.ts';
import { ROUNDS, speed } from './wire/speed.ts';

export const wire: Section = {
  title: `the wire with nothing in force, the way without it, and wirefilter of Debian; medians of ${ROUNDS} interleaved rounds`,

  async run(signal) {
    const { text, ratios } = await speed(signal);
    return { text: [text, '', HEADING, '', await accuracy(signal), LEGEND].join('\n'), ratios };
  },
};

const HEADING = '  what was configured, and what the captures of both ends show of 20,000 UDP packets';

const LEGEND = `
  In brackets: the 95 % interval, then how many packets the captures show and how many the journal of the wire has.
  late: how much longer than its delay a packet took from one capture to the other, so the way itself counts too.
  rate: by how much the bytes of all frames between the first and the last departure differ from it.
  wirefilter: its normal jitter has limits, here 15 ms, and no standard deviation. It can't reorder without jitter.`;
