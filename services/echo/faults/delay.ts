import type { EchoFault } from './fault.ts';

export const delay = {
  name: 'delay',
  protocols: ['tcp', 'udp'],
  summary: 'the answer comes late (ECHO_DELAY_SECONDS)',
  decide({ bytes }, random, { delay: { from, to } }) {
    // Tenths of a millisecond: as fine as a timer can keep.
    const milliseconds = Math.round((from + (to - from) * random()) * 10_000) / 10;
    return {
      steps: [
        { do: 'wait', milliseconds },
        { do: 'send', bytes },
      ],
      detail: { delay_ms: milliseconds },
      said: [`Simulating delay(s): ${milliseconds / 1000}`],
    };
  },
} as const satisfies EchoFault;
