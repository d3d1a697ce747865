import type { EchoFault } from './fault.ts';

export const reorder = {
  name: 'reorder',
  protocols: ['tcp', 'udp'],
  summary: 'the echo is sent after the next one to the same client, or a second late when there is none',
  inWireshark: 'two messages are sent together, and the echo of the second is sent first',
  fields: {},
  draw: () => ({}),
  steps: ({ bytes }) => [{ do: 'send-after-next', bytes }],
  phrase: () => 'sent after the next one',
  lines: () => ['Simulating reordering'],
} as const satisfies EchoFault;
