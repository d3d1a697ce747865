import type { EchoFault } from './fault.ts';

type Detail = { readonly delay_ms: number };

export const delay = {
  name: 'delay',
  protocols: ['tcp', 'udp'],
  summary: 'the echo is sent late (ECHO_DELAY_SECONDS)',
  inWireshark:
    'the time between message and echo is `delay_ms` of the journal. On TCP the ACK of the message is sent at once: the network is not slow, the server is',
  fields: {
    delay_ms: 'milliseconds from when the message arrived, or from when the echo before it was sent',
  },
  // Tenths of a millisecond: as fine as a timer can keep.
  draw: (_message, random, { delay: { from, to } }) => ({
    delay_ms: Math.round((from + (to - from) * random()) * 10_000) / 10,
  }),
  steps: ({ bytes }, { delay_ms }: Detail) => [
    { do: 'wait', milliseconds: delay_ms },
    { do: 'send', bytes },
  ],
  phrase: ({ delay_ms }: Detail) => `${delay_ms} ms`,
  lines: (_message, { delay_ms }: Detail) => [`Simulating delay(s): ${delay_ms / 1000}`],
} as const satisfies EchoFault;
