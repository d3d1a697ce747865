import type { EchoFault, Step } from './fault.ts';

const INTERVAL_MS = 20;
/** So many bytes drip, and what is left of a longer answer follows whole: a drip ends within two seconds. */
const DRIPPED = 100;

export const drip = {
  name: 'drip',
  protocols: ['tcp', 'udp'],
  summary: `the answer comes a byte at a time, every ${INTERVAL_MS} ms, from byte ${DRIPPED} on in one piece`,
  decide({ bytes }) {
    if (bytes.length === 0) return undefined;
    const pieces = Array.from(bytes.subarray(0, DRIPPED), (_, index) => bytes.subarray(index, index + 1));
    if (bytes.length > DRIPPED) pieces.push(bytes.subarray(DRIPPED));
    const steps = pieces.flatMap((piece): Step[] => [
      { do: 'wait', milliseconds: INTERVAL_MS },
      { do: 'send', bytes: piece },
    ]);
    return { steps: steps.slice(1), detail: { interval_ms: INTERVAL_MS }, said: ['Simulating drip'] };
  },
} as const satisfies EchoFault;
