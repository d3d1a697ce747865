import type { EchoFault } from './fault.ts';

export const duplicate = {
  name: 'duplicate',
  protocols: ['tcp', 'udp'],
  summary: 'the answer comes twice',
  inWireshark:
    'two answers with the same payload. On TCP their sequence numbers differ, which tells them from a retransmission. A client that has closed after the first answers the second by RST',
  fields: {},
  draw: () => ({}),
  steps: ({ bytes }) => [
    { do: 'send', bytes },
    { do: 'send', bytes },
  ],
  phrase: () => 'twice',
  said: () => ['Simulating duplication'],
} as const satisfies EchoFault;
