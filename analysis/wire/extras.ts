import type { FrameRef } from '#analysis/capture/frames.ts';
import type { IpFrame } from '#analysis/capture/read-ip.ts';
import { type Packet, PROTOCOL_NUMBERS, payloadOf } from '#lib/packet/packet.ts';
import type { Fate, Sent } from './sent.ts';

/** Bytes of an IP header and of what an ICMP error quotes after it. */
const QUOTED = 28;

/** Packets that the wire makes itself: RSTs in the name of a sender, and ICMP errors. Those alike are in the order of time. */
export class Extras {
  readonly #added = new Queues<{ readonly sent: Sent; readonly fate: Fate }>();
  readonly #errors = new Queues<Fate>();
  /** Errors that came before their entries. */
  readonly #early = new Queues<FrameRef>();
  /** The wire dropped a packet of its own. */
  hasLostError = false;

  expect(sent: Sent, fate: Fate): void {
    const { added, error } = fate.expected;
    if (added) this.#added.add(keyOf(added), { sent, fate });
    const key = error && keyOfQuoted(error);
    if (key === undefined) return;
    fate.error = this.#early.take(key);
    if (!fate.error) this.#errors.add(key, fate);
  }

  /** Takes an RST that no host sent. @returns the packet that it follows */
  takeAdded({ packet, number, time }: IpFrame): Sent | undefined {
    const found = packet.tcp && this.#added.take(keyOf(packet));
    if (!found) return undefined;
    found.fate.added = { number, time };
    return found.sent;
  }

  takeError({ packet, number, time }: IpFrame): void {
    const key = keyOfQuoted(packet);
    if (key === undefined) return;
    const fate = this.#errors.take(key);
    if (fate) fate.error = { number, time };
    else this.#early.add(key, { number, time });
  }

  forget(fate: Fate): void {
    const { added, error } = fate.expected;
    if (added && !fate.added) this.#added.remove(keyOf(added), (one) => one.fate === fate);
    const key = error && keyOfQuoted(error);
    if (key !== undefined && !fate.error) this.#errors.remove(key, (one) => one === fate);
  }

  forgetBefore(time: number): void {
    this.#early.removeAll((frame) => frame.time < time);
  }
}

/** Things that have the same key: the first one that came is the first one that is taken. */
class Queues<Value> {
  readonly #byKey = new Map<string, Value[]>();

  add(key: string, value: Value): void {
    const queue = this.#byKey.get(key);
    if (queue) queue.push(value);
    else this.#byKey.set(key, [value]);
  }

  take(key: string): Value | undefined {
    const queue = this.#byKey.get(key);
    const first = queue?.shift();
    if (queue?.length === 0) this.#byKey.delete(key);
    return first;
  }

  remove(key: string, isMeant: (value: Value) => boolean): void {
    const rest = (this.#byKey.get(key) ?? []).filter((value) => !isMeant(value));
    if (rest.length > 0) this.#byKey.set(key, rest);
    else this.#byKey.delete(key);
  }

  removeAll(isMeant: (value: Value) => boolean): void {
    for (const key of [...this.#byKey.keys()]) this.remove(key, isMeant);
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
