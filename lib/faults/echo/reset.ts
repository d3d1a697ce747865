import type { EchoFault } from './fault.ts';

export const reset = {
  name: 'reset',
  protocols: ['tcp'],
  summary: 'the connection ends by RST instead of an echo',
  inWireshark: 'a frame from port 9090 with RST (`tcp.flags.reset == 1`) and no echo',
  fields: {},
  draw: () => ({}),
  steps: () => [{ do: 'reset' }],
  phrase: () => '',
  lines: () => ['Simulating reset'],
} as const satisfies EchoFault;
