import type { EchoFault } from './fault.ts';

export const duplicate = {
  name: 'duplicate',
  protocols: ['tcp', 'udp'],
  summary: 'the answer comes twice',
  decide({ bytes }) {
    const send = { do: 'send', bytes } as const;
    return { steps: [send, send], detail: {}, said: ['Simulating duplication'] };
  },
} as const satisfies EchoFault;
