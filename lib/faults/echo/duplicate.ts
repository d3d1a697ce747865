import type { EchoFault } from './fault.ts';

export const duplicate = {
  name: 'duplicate',
  protocols: ['tcp', 'udp'],
  summary: 'the answer comes twice',
  draw: () => ({}),
  steps: ({ bytes }) => [
    { do: 'send', bytes },
    { do: 'send', bytes },
  ],
  phrase: () => 'twice',
  said: () => ['Simulating duplication'],
} as const satisfies EchoFault;
