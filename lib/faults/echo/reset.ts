import type { EchoFault } from './fault.ts';

export const reset = {
  name: 'reset',
  protocols: ['tcp'],
  summary: 'the connection ends by RST instead of an answer',
  draw: () => ({}),
  steps: () => [{ do: 'reset' }],
  phrase: () => '',
  said: () => ['Simulating reset'],
} as const satisfies EchoFault;
