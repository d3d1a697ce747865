import type { EchoFault } from './fault.ts';

export const duplicate = {
  name: 'duplicate',
  protocols: ['tcp', 'udp'],
  summary: 'the echo is sent twice',
  inWireshark:
    'two echoes with the same payload. On TCP their sequence numbers differ; in a retransmission they would be the same. A client that has closed after the first echo answers the second one by RST',
  fields: {},
  draw: () => ({}),
  steps: ({ bytes }) => [
    { do: 'send', bytes },
    { do: 'send', bytes },
  ],
  phrase: () => 'twice',
  lines: () => ['Simulating duplication'],
} as const satisfies EchoFault;
