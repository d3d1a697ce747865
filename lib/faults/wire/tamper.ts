import { replaced, resetAfter } from '#lib/packet/craft.ts';
import { type Packet, payloadOf } from '#lib/packet/packet.ts';
import type { WireFault } from './fault.ts';

type Detail =
  | { readonly tamper: 'replace'; readonly offset: number; readonly before: string; readonly after: string }
  | { readonly tamper: 'replay'; readonly again_ms: number }
  | { readonly tamper: 'rst' };

export const tamper = {
  name: 'tamper',
  verb: 'tamper',
  isDrawn: true,
  summary:
    'an attacker on the way: replaces bytes by as many others and mends the checksum, replays the packet later, or adds an RST in the name of the sender',
  inWireshark:
    'After replace, the payload differs between both captures, and all checksums are right. After replay, the receiver has the packet twice, far apart. After rst, it has an RST that the sender never sent',
  fields: {
    tamper: '`replace`, `replay` or `rst`',
    offset: 'replace: index of the first replaced byte in the payload, from 0',
    before: 'replace: the bytes as they were sent, in hex digits',
    after: 'replace: the bytes as they arrived',
    again_ms: 'replay: milliseconds between the packet and its copy',
  },
  draw(packet, { options: { tamper: how } }): Detail | undefined {
    if (how?.how === 'replay') return { tamper: 'replay', again_ms: how.afterMs };
    if (how?.how === 'rst') return packet.tcp && { tamper: 'rst' };
    // The checksum of a fragment after the first is in the first, where nobody can mend it any more.
    const isSummed = packet.isLaterFragment && packet.protocol !== 'other';
    const offset = how && !isSummed ? payloadOf(packet).indexOf(how.find) : -1;
    return how && offset >= 0
      ? { tamper: 'replace', offset, before: how.find.toString('hex'), after: how.put.toString('hex') }
      : undefined;
  },
  steps(packet: Packet, detail: Detail) {
    const { bytes } = packet;
    switch (detail.tamper) {
      case 'replace':
        return [{ do: 'send', bytes: replaced(packet, detail.offset, Buffer.from(detail.after, 'hex')) }];
      case 'replay':
        return [
          { do: 'send', bytes },
          { do: 'send-later', bytes: Buffer.from(bytes), milliseconds: detail.again_ms },
        ];
      case 'rst':
        return [
          { do: 'send', bytes },
          { do: 'send', bytes: resetAfter(packet) },
        ];
    }
  },
  phrase(detail: Detail) {
    switch (detail.tamper) {
      case 'replace':
        return `byte ${detail.offset} of the payload: ${detail.before} to ${detail.after}`;
      case 'replay':
        return `replayed after ${detail.again_ms} ms`;
      case 'rst':
        return 'followed by an RST that the sender did not send';
    }
  },
} as const satisfies WireFault;
