import { checksumAt } from '#lib/packet/craft.ts';
import type { Packet } from '#lib/packet/packet.ts';
import { below } from '#lib/runtime/random.ts';
import { hexOf } from '#lib/text/hex-rows.ts';
import type { WireFault } from './fault.ts';

type Detail = {
  readonly offset: number;
  readonly bit: number;
  readonly before: string;
  readonly after: string;
};

export const corruption = {
  name: 'corruption',
  verb: 'corrupt',
  isDrawn: true,
  summary:
    'one bit of the payload is flipped, or of the checksum when there is no payload. The checksum is then wrong',
  inWireshark:
    'the receiver has the packet with a wrong checksum (`tcp.checksum.status == 0`; Wireshark checks it when its preference says so). Its kernel drops the packet, and TCP retransmits it',
  fields: {
    offset: 'index of the altered byte in the IP packet, from 0',
    bit: 'the flipped bit, 0 for the lowest',
    before: 'the byte as it was sent',
    after: 'the byte as it arrived',
  },
  draw(packet, { random }) {
    const { from, to } = alterable(packet);
    if (from === to) return undefined;
    const number = below((to - from) * 8, random());
    const offset = from + (number >> 3);
    const bit = number & 7;
    const byte = packet.bytes[offset]!;
    return { offset, bit, before: `0x${hexOf(byte)}`, after: `0x${hexOf(byte ^ (1 << bit))}` };
  },
  steps: ({ bytes }, { offset, after }: Detail) => {
    const copy = Buffer.from(bytes);
    copy[offset] = Number(after);
    return [{ do: 'send', bytes: copy }];
  },
  phrase: ({ offset, bit, before, after }: Detail) => `bit ${bit} of byte ${offset}: ${before} to ${after}`,
} as const satisfies WireFault;

/** The bytes of which one may be altered. A wrong bit in the IP header would not reach the other host. */
function alterable(packet: Packet): { readonly from: number; readonly to: number } {
  const { bytes, payloadAt } = packet;
  const sum = checksumAt(packet);
  return payloadAt < bytes.length || sum === undefined
    ? { from: payloadAt, to: bytes.length }
    : { from: sum, to: sum + 2 };
}
