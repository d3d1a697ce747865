import type { EchoFault } from './fault.ts';

export const reorder = {
  name: 'reorder',
  protocols: ['tcp', 'udp'],
  summary: 'the answer comes behind the next one to the same client, or a second late when there is none',
  decide({ bytes }) {
    return { steps: [{ do: 'send-after-next', bytes }], detail: {}, said: ['Simulating reordering'] };
  },
} as const satisfies EchoFault;
