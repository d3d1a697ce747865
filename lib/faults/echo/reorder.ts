import type { EchoFault } from './fault.ts';

export const reorder = {
  name: 'reorder',
  protocols: ['tcp', 'udp'],
  summary: 'the answer comes after the next one to the same client, or a second late when there is none',
  inWireshark: 'of two messages sent together, the second is answered first',
  fields: {},
  draw: () => ({}),
  steps: ({ bytes }) => [{ do: 'send-after-next', bytes }],
  phrase: () => 'after the next',
  said: () => ['Simulating reordering'],
} as const satisfies EchoFault;
