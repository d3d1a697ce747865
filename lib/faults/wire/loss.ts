import type { WireFault } from './fault.ts';

export const loss = {
  name: 'loss',
  verb: 'drop',
  isDrawn: true,
  summary: 'the packet is lost on the way',
  inWireshark:
    'the packet is in the capture of its sender and not in that of the other host. TCP retransmits its data: fast after three duplicate ACKs, else after a timeout',
  fields: {},
  draw: () => ({}),
  steps: () => [],
  phrase: () => 'lost on the way',
} as const satisfies WireFault;
