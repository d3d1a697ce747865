import type { EchoFault, Step } from './fault.ts';

const INTERVAL_MS = 20;
/** Bytes that are sent one by one. The rest of a longer echo follows in one piece, so a drip ends within two seconds. */
const DRIPPED = 100;

type Detail = { readonly interval_ms: number };

export const drip = {
  name: 'drip',
  protocols: ['tcp', 'udp'],
  summary: `the echo is sent a byte at a time, every ${INTERVAL_MS} ms; from byte ${DRIPPED} on it follows in one piece`,
  inWireshark: `segments of one byte each, ${INTERVAL_MS} ms apart. On TCP, Follow Stream puts them together; on UDP they stay datagrams of one byte`,
  fields: { interval_ms: 'milliseconds between two pieces' },
  draw: ({ bytes }) => (bytes.length === 0 ? undefined : { interval_ms: INTERVAL_MS }),
  steps({ bytes }, { interval_ms }: Detail) {
    const pieces = Array.from(bytes.subarray(0, DRIPPED), (_, index) => bytes.subarray(index, index + 1));
    if (bytes.length > DRIPPED) pieces.push(bytes.subarray(DRIPPED));
    const steps = pieces.flatMap((piece): Step[] => [
      { do: 'wait', milliseconds: interval_ms },
      { do: 'send', bytes: piece },
    ]);
    return steps.slice(1);
  },
  phrase: ({ interval_ms }: Detail) => `a byte every ${interval_ms} ms`,
  lines: () => ['Simulating drip'],
} as const satisfies EchoFault;
