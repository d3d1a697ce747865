import { fragmentationNeeded, fragmentsOf } from '#lib/packet/craft.ts';
import type { Packet } from '#lib/packet/packet.ts';
import type { WireFault } from './fault.ts';

type Detail = { readonly mtu: number; readonly oversize: 'icmp' | 'black-hole' | 'fragments' };

export const mtu = {
  name: 'mtu',
  verb: 'mtu',
  isDrawn: false,
  summary:
    'the packet is larger than the wire takes (MTU): it is dropped, and its sender gets an ICMP error, or nothing (black hole). A packet without the flag DF is sent in fragments',
  inWireshark:
    '`icmp.type == 3 && icmp.code == 4` in the capture of the sender, then smaller packets. In a black hole, the same large packet again and again, without an answer',
  fields: {
    mtu: 'the largest IP packet in bytes',
    oversize: '`icmp`, `black-hole`, or `fragments` for a packet that may be fragmented',
  },
  draw(packet, { options: { mtu: most, oversize } }) {
    if (most === undefined || packet.bytes.length <= most) return undefined;
    if (oversize === 'black-hole') return { mtu: most, oversize };
    if (packet.mayFragment) return { mtu: most, oversize: 'fragments' };
    return { mtu: most, oversize: mayCauseError(packet) ? 'icmp' : 'black-hole' };
  },
  steps(packet, { mtu: most, oversize }: Detail, wireAddress) {
    switch (oversize) {
      case 'black-hole':
        return [];
      case 'icmp':
        return [{ do: 'send-back', bytes: fragmentationNeeded(packet, { mtu: most, from: wireAddress }) }];
      case 'fragments':
        return fragmentsOf(packet, most).map((bytes) => ({ do: 'send', bytes }));
    }
  },
  phrase: ({ mtu: most, oversize }: Detail) =>
    ({
      icmp: `larger than ${most} bytes; the sender gets an ICMP error`,
      'black-hole': `larger than ${most} bytes; dropped without a word`,
      fragments: `larger than ${most} bytes; sent in fragments`,
    })[oversize],
} as const satisfies WireFault;

/** Types of ICMP messages that report an error (RFC 792). */
const ERRORS = [3, 4, 5, 11, 12];

/** There is no ICMP error about an ICMP error, nor about a fragment after the first (RFC 1812, 4.3.2.7). */
function mayCauseError({ icmp, isLaterFragment }: Packet): boolean {
  return !isLaterFragment && !(icmp && ERRORS.includes(icmp.type));
}
