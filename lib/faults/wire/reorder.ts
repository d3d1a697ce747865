import { PATIENCE_MS, type WireFault } from './fault.ts';

type Detail = { readonly by: number };

export const reorder = {
  name: 'reorder',
  verb: 'reorder',
  isDrawn: true,
  summary: `the packet lets the next ones of its flow pass, or arrives ${PATIENCE_MS / 1_000} s late when there are none`,
  inWireshark:
    'both captures have the packet, at another place. On TCP the receiver answers each packet that passed it by a duplicate ACK; three of them make the sender retransmit what was not lost',
  fields: { by: 'how many packets of the same flow and direction pass it' },
  draw: (_packet, { options }) => ({ by: options.reorderBy }),
  steps: ({ bytes }, { by }: Detail) => [{ do: 'send-after', bytes, packets: by }],
  phrase: ({ by }: Detail) => (by === 1 ? 'sent after the next one' : `sent after the next ${by}`),
} as const satisfies WireFault;
