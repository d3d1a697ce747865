import type { LivePacket, PacketChange } from '../../contract.ts';

/** Packets that a page keeps. */
export const KEPT = 5_000;

/**
 * The packets that the page has, in the order in which they were sent: a part of those that the server has.
 *
 * It is at the newest as a rule, and then the oldest leave it. When earlier packets are loaded, the newest leave it, and
 * new ones are only counted until `renew`.
 */
export class Packets {
  readonly #kept: number;
  #all: LivePacket[] = [];
  #byId = new Map<number, LivePacket>();
  #version = 0;
  #later = 0;
  #isAtNewest = true;

  constructor(kept = KEPT) {
    this.#kept = kept;
  }

  get all(): readonly LivePacket[] {
    return this.#all;
  }

  /** Changes with everything that is added, changed or removed. */
  get version(): number {
    return this.#version;
  }

  /** New packets that were not taken because the page shows earlier ones. */
  get later(): number {
    return this.#later;
  }

  get isAtNewest(): boolean {
    return this.#isAtNewest;
  }

  get(id: number): LivePacket | undefined {
    return this.#byId.get(id);
  }

  get firstId(): number | undefined {
    return this.#all.reduce<number | undefined>((least, { id }) => Math.min(least ?? id, id), undefined);
  }

  get lastId(): number | undefined {
    return this.#all.reduce<number | undefined>((most, { id }) => Math.max(most ?? id, id), undefined);
  }

  clear(): void {
    this.#all = [];
    this.#byId.clear();
    this.#later = 0;
    this.#isAtNewest = true;
    this.#version += 1;
  }

  /** Takes what a stream sends. A packet replaces the one with its id. */
  add(packets: readonly LivePacket[]): void {
    if (!this.#isAtNewest) {
      this.#later += packets.length;
      return;
    }
    this.#insert(packets);
    this.#removeOldest();
  }

  change(changes: readonly PacketChange[]): void {
    for (const change of changes) {
      const before = this.#byId.get(change.id);
      if (!before) continue;
      const after = { ...before, ...change };
      this.#byId.set(change.id, after);
      const at = this.#placeOf(before);
      if (at >= 0) this.#all[at] = after;
      this.#version += 1;
    }
  }

  /** Takes earlier packets. When there is no room, the newest leave. */
  addEarlier(packets: readonly LivePacket[]): void {
    this.#insert(packets);
    const excess = this.#all.length - this.#kept;
    if (excess <= 0) return;
    for (const { id } of this.#all.splice(this.#kept)) this.#byId.delete(id);
    this.#later += excess;
    this.#isAtNewest = false;
  }

  /** Takes the packets that follow, while the page is not at the newest. */
  addLater(packets: readonly LivePacket[]): void {
    this.#insert(packets);
    this.#later = Math.max(0, this.#later - packets.length);
    this.#removeOldest();
  }

  /** Takes no new packets: they are loaded when they are wanted. */
  stay(later: number): void {
    this.#isAtNewest = false;
    this.#later = later;
  }

  /** It has all packets that the server has, and takes new ones from now on. */
  arrive(): void {
    this.#isAtNewest = true;
    this.#later = 0;
  }

  /** Begins again with the newest packets. */
  renew(packets: readonly LivePacket[]): void {
    this.clear();
    this.add(packets);
  }

  #insert(packets: readonly LivePacket[]): void {
    for (const packet of packets) {
      const before = this.#byId.get(packet.id);
      if (before) this.#all.splice(this.#placeOf(before), 1);
      this.#byId.set(packet.id, packet);
      const last = this.#all.at(-1);
      if (!last || isBefore(last, packet)) this.#all.push(packet);
      else this.#all.splice(this.#firstAfter(packet), 0, packet);
    }
    this.#version += 1;
  }

  /** They leave in portions, because each removal moves all others. */
  #removeOldest(): void {
    const portion = Math.max(1, Math.floor(this.#kept / 20));
    if (this.#all.length <= this.#kept) return;
    const excess = this.#all.length - this.#kept;
    const count = Math.min(this.#all.length, Math.ceil(excess / portion) * portion);
    for (const { id } of this.#all.splice(0, count)) this.#byId.delete(id);
  }

  #placeOf(packet: LivePacket): number {
    const at = this.#firstAfter(packet) - 1;
    return this.#all[at]?.id === packet.id ? at : this.#all.findIndex(({ id }) => id === packet.id);
  }

  /** The place of the first packet that was sent after this one. */
  #firstAfter(packet: LivePacket): number {
    let [low, high] = [0, this.#all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(packet, this.#all[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function isBefore(one: LivePacket, other: LivePacket): boolean {
  return one.time < other.time || (one.time === other.time && one.id < other.id);
}
