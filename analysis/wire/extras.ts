import type { FrameRef } from '#analysis/capture/frames.ts';
import type { IpFrame } from '#analysis/capture/read-ip.ts';
import { type Packet, PROTOCOL_NUMBERS, payloadOf } from '#lib/packet/packet.ts';
import type { Fate, Sent } from './sent.ts';

/** Bytes of an IP header and of what an ICMP error quotes after it. */
const QUOTED = 28;

/** Packets that the wire makes itself: RSTs in the name of a sender, and ICMP errors. */
export class Extras {
  readonly #added = new Map<string, { readonly sent: Sent; readonly fate: Fate }>();
  readonly #errors = new Map<string, Fate>();
  /** Errors that came before their entries. */
  readonly #early = new Map<string, FrameRef>();
  /** The wire dropped a packet of its own. */
  hasLostError = false;

  expect(sent: Sent, fate: Fate): void {
    const { added, error } = fate.expected;
    if (added) this.#added.set(keyOf(added), { sent, fate });
    const key = error && keyOfQuoted(error);
    if (key === undefined) return;
    fate.error = this.#early.get(key);
    if (!fate.error) this.#errors.set(key, fate);
  }

  /** Takes an RST that no host sent. @returns the packet that it follows */
  takeAdded({ packet, number, time }: IpFrame): Sent | undefined {
    const key = keyOf(packet);
    const found = packet.tcp && this.#added.get(key);
    if (!found) return undefined;
    this.#added.delete(key);
    found.fate.added = { number, time };
    return found.sent;
  }

  takeError({ packet, number, time }: IpFrame): void {
    const key = keyOfQuoted(packet);
    if (key === undefined) return;
    const fate = this.#errors.get(key);
    if (fate) fate.error = { number, time };
    else this.#early.set(key, { number, time });
    this.#errors.delete(key);
  }

  forget({ expected: { added, error }, ...fate }: Fate): void {
    if (added && !fate.added) this.#added.delete(keyOf(added));
    const key = error && keyOfQuoted(error);
    if (key !== undefined && !fate.error) this.#errors.delete(key);
  }

  forgetBefore(time: number): void {
    for (const [key, frame] of this.#early) if (frame.time < time) this.#early.delete(key);
  }
}

function keyOf({ source, destination, sourcePort, destinationPort, tcp }: Packet): string {
  return [source, destination, sourcePort, destinationPort, tcp?.sequence, tcp?.flags].join(' ');
}

/** What an ICMP error quotes: addresses and identification, and the ports or the numbers of an echo. */
function keyOfQuoted(packet: Packet): string | undefined {
  const quoted = payloadOf(packet);
  if (packet.icmp?.type !== 3 || quoted.length < QUOTED) return undefined;
  const header = (quoted[0]! & 15) * 4;
  const at = quoted[9] === PROTOCOL_NUMBERS.icmp ? header + 4 : header;
  if (at + 4 > quoted.length) return undefined;
  const names = [quoted.readUInt16BE(4), quoted.readUInt32BE(12), quoted.readUInt32BE(16)];
  return [...names, quoted.readUInt32BE(at)].join(' ');
}
