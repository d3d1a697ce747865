import type { EchoFault } from './fault.ts';

export const reset = {
  name: 'reset',
  protocols: ['tcp'],
  summary: 'the connection ends by RST instead of an answer',
  decide() {
    return { steps: [{ do: 'reset' }], detail: {}, said: ['Simulating reset'] };
  },
} as const satisfies EchoFault;
