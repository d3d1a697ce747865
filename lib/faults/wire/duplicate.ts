import type { WireFault } from './fault.ts';

export const duplicate = {
  name: 'duplicate',
  verb: 'duplicate',
  isDrawn: true,
  summary: 'the packet arrives twice',
  inWireshark:
    'the receiver has two packets with the same IP identification, and the sender only one. On TCP the second is a spurious retransmission, answered by a duplicate ACK',
  fields: {},
  draw: () => ({}),
  steps: ({ bytes }) => [
    { do: 'send', bytes },
    { do: 'send', bytes: Buffer.from(bytes) },
  ],
  phrase: () => 'twice',
} as const satisfies WireFault;
