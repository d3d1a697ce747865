import type { Delay, WireFault } from './fault.ts';

type Detail = { readonly delay_ms: number };

export const delay = {
  name: 'delay',
  verb: 'delay',
  isDrawn: false,
  summary:
    'the packet arrives late: by the delay of the wire with its jitter, or by the time that a script gives',
  inWireshark:
    'the same packet is later in the capture of the receiver than in that of the sender, by `delay_ms` and by the time in the queue',
  fields: { delay_ms: 'milliseconds, without the time in the queue' },
  // Hundredths of a millisecond: finer than a timer can keep.
  draw: (_packet, { random, options: { delay: how } }) =>
    how && {
      delay_ms: Math.round(100 * Math.max(0, how.ms + how.jitterMs * deviation(how.shape, random()))) / 100,
    },
  steps: ({ bytes }, { delay_ms }: Detail) => [{ do: 'send-later', bytes, milliseconds: delay_ms }],
  phrase: ({ delay_ms }: Detail) => `${delay_ms} ms`,
} as const satisfies WireFault;

/** Bits of a number in [0, 1) that make the first of two numbers. The rest makes the second. */
const FIRST_BITS = 2 ** 26;

/** Uniform: from -1 to 1. Normal: with mean 0 and standard deviation 1 (Box and Muller). */
function deviation(shape: Delay['shape'], random: number): number {
  if (shape === 'uniform') return 2 * random - 1;
  const radius = 1 - Math.floor(random * FIRST_BITS) / FIRST_BITS;
  const angle = (random * FIRST_BITS) % 1;
  return Math.sqrt(-2 * Math.log(radius)) * Math.cos(2 * Math.PI * angle);
}
