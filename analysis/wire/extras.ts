import type { FrameRef } from '#analysis/capture/frames.ts';
import type { IpFrame } from '#analysis/capture/read-ip.ts';
import type { WireDecision } from '#lib/journal/wire-schema.ts';
import { type Packet, PROTOCOL_NUMBERS, payloadOf } from '#lib/packet/packet.ts';
import type { Fate, Sent } from './sent.ts';

/** Bytes of an IP header and of what an ICMP error quotes after it. */
const QUOTED = 28;

/** Packets that the wire makes itself: RSTs in the name of a sender, and ICMP errors. Those alike are in the order of time. */
export class Extras {
  readonly #added = new Queues<Fate>();
  readonly #errors = new Queues<Fate>();
  /** Errors that came before their entries. */
  readonly #early = new Queues<FrameRef>();
  expect(fate: Fate): void {
    const { added, error } = fate.expected;
    if (added) this.#added.add(keyOf(added), fate);
    const key = error && keyOfQuoted(error);
    if (key === undefined) return;
    fate.error = this.#early.take(key);
    if (!fate.error) this.#errors.add(key, fate);
  }

  /**
   * Takes an RST that no host sent.
   *
   * @param isLast whether it may be that of a packet of which something was dropped: the RST or the packet
   * @returns the packet that it follows
   */
  takeAdded({ packet, number, time }: IpFrame, isLast = false): Sent | undefined {
    const found = packet.tcp && this.#added.take(keyOf(packet), ({ drops }) => isLast || drops.length === 0);
    if (!found) return undefined;
    found.added = { number, time };
    return found.owner;
  }

  takeError({ packet, number, time }: IpFrame): void {
    const key = keyOfQuoted(packet);
    if (key === undefined) return;
    const fate = this.#errors.take(key, ({ errorDrop }) => !errorDrop);
    if (fate) fate.error = { number, time };
    else this.#early.add(key, { number, time });
  }

  /**
   * The wire has dropped a packet or the RST after it. What seemed to be its RST may be that of an identical packet.
   *
   * @returns the packet that has got the RST
   */
  passAddedOn(fate: Fate): Sent | undefined {
    const { added: frame, expected } = fate;
    const key = expected.added && keyOf(expected.added);
    const next = frame && key ? this.#added.take(key, ({ drops }) => drops.length === 0) : undefined;
    if (!next || !key) return undefined;
    next.added = frame;
    fate.added = undefined;
    this.#added.add(key, fate);
    return next.owner;
  }

  /** The wire has dropped its ICMP error about a packet. */
  dropError(fate: Fate, entry: WireDecision): void {
    fate.errorDrop = entry;
    const key = fate.expected.error && keyOfQuoted(fate.expected.error);
    const next = fate.error && key ? this.#errors.take(key, ({ errorDrop }) => !errorDrop) : undefined;
    if (!next || !key) return;
    next.error = fate.error;
    fate.error = undefined;
    this.#errors.add(key, fate);
  }

  forget(fate: Fate): void {
    const { added, error } = fate.expected;
    if (added && !fate.added) this.#added.remove(keyOf(added), (one) => one === fate);
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

  /** @param isMeant which one may be taken */
  take(key: string, isMeant: (value: Value) => boolean = () => true): Value | undefined {
    const queue = this.#byKey.get(key) ?? [];
    const at = queue.findIndex(isMeant);
    const [taken] = at < 0 ? [] : queue.splice(at, 1);
    if (queue.length === 0) this.#byKey.delete(key);
    return taken;
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
