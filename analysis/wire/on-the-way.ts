import { crcOf } from '#lib/message/crc.ts';
import { type Packet, payloadOf } from '#lib/packet/packet.ts';
import { wantedBy } from './judge.ts';
import { isFragment, type Range } from './place.ts';
import type { Sent } from './sent.ts';

/** IP identifications that are looked up together, as a power of 2. */
const TOGETHER = 7;
/** The least payload of the segments into which a large frame is cut. */
const LEAST_SEGMENT = 36;
/** A frame of this many bytes or fewer is one packet, whatever the MTU. */
const ONE_PACKET = 68;

type Key = string;

/** What an index needs to know of a packet, or of an entry. */
export interface Keyed {
  readonly source: number;
  readonly destination: number;
  readonly id: number;
  /** Without an identification, all that a datagram has of its own is its payload. */
  readonly crc: string | undefined;
}

export function keyedOf(packet: Packet): Keyed {
  const { source, destination, id, tcp } = packet;
  const isPlain = id === 0 && !tcp && !isFragment(packet);
  return { source, destination, id, crc: isPlain ? crcOf(payloadOf(packet)) : undefined };
}

/** The packets that have been sent lately, by addresses and IP identification. */
export class OnTheWay {
  readonly all = new Set<Sent>();
  readonly #byKey = new Map<Key, Sent[]>();
  /** Those of which something has not arrived. Thousands that are identical in everything may have arrived lately. */
  readonly #open = new Map<Key, Set<Sent>>();

  add(sent: Sent): void {
    this.all.add(sent);
    for (const key of keysOf(sent)) this.#addUnder(key, sent);
    this.update(sent);
  }

  /** Notes whether something of it has not arrived, after an arrival or a decision. */
  update(sent: Sent): void {
    const isOpen = isAwaited(sent);
    for (const key of this.#keysOf(sent)) {
      const open = this.#open.get(key);
      if (isOpen && open) open.add(sent);
      else if (isOpen) this.#open.set(key, new Set([sent]));
      else if (open?.delete(sent) && open.size === 0) this.#open.delete(key);
    }
  }

  /** Finds a packet without identification by the payload with which it arrives, too. */
  addAltered(sent: Sent, crc: string): void {
    const { source, destination, id, tcp } = sent.packet;
    if (id !== 0 || tcp) return;
    const key = keyOf({ source, destination, id, crc });
    this.#addUnder(key, sent);
    this.#altered.set(sent, [...(this.#altered.get(sent) ?? []), key]);
    this.update(sent);
  }
  readonly #altered = new Map<Sent, Key[]>();

  remove(sent: Sent): void {
    this.all.delete(sent);
    for (const key of this.#keysOf(sent)) {
      const alike = this.#byKey.get(key) ?? [];
      // The oldest one is removed first, nearly always.
      if (alike[0] === sent) alike.shift();
      else
        this.#byKey.set(
          key,
          alike.filter((one) => one !== sent),
        );
      if (this.#byKey.get(key)?.length === 0) this.#byKey.delete(key);
      const open = this.#open.get(key);
      if (open?.delete(sent) && open.size === 0) this.#open.delete(key);
    }
    this.#altered.delete(sent);
  }

  /** Those that may be the packet, in the order in which they were sent. */
  like(keyed: Keyed): readonly Sent[] {
    return this.#byKey.get(keyOf(keyed)) ?? [];
  }

  /** The same without those that have arrived. */
  openLike(keyed: Keyed): readonly Sent[] {
    return [...(this.#open.get(keyOf(keyed)) ?? [])];
  }

  #keysOf(sent: Sent): Key[] {
    return [...keysOf(sent), ...(this.#altered.get(sent) ?? [])];
  }

  #addUnder(key: Key, sent: Sent): void {
    const alike = this.#byKey.get(key);
    if (alike) alike.push(sent);
    else this.#byKey.set(key, [sent]);
  }
}

/** Whether a part of it has not arrived as often as it should, as far as is known. */
function isAwaited(sent: Sent): boolean {
  const { arrivals, fates, length } = sent;
  if (fates.some((fate) => sent.arrivalsOf(fate.range).length < wantedBy(fate))) return true;
  const settled = [...arrivals, ...fates.map(({ range }) => range)];
  return reachOf(settled) < length;
}

/** How far ranges reach from 0 without a hole. */
export function reachOf(ranges: readonly Range[]): number {
  return ranges
    .toSorted((one, other) => one.from - other.from)
    .reduce((to, one) => (one.from <= to ? Math.max(to, one.to) : to), 0);
}

function keyOf({ source, destination, id, crc }: Keyed): Key {
  return `${source} ${destination} ${crc ?? id >> TOGETHER}`;
}

/** A large frame of TCP is under the identifications of all segments into which it may be cut. */
function keysOf({ packet }: Sent): Key[] {
  const { bytes, id, payloadAt, tcp } = packet;
  const keyed = keyedOf(packet);
  if (!tcp || bytes.length <= ONE_PACKET || isFragment(packet)) return [keyOf(keyed)];
  const segments = Math.ceil((bytes.length - payloadAt) / LEAST_SEGMENT);
  const groups = ((id + segments) >> TOGETHER) - (id >> TOGETHER);
  return Array.from({ length: groups + 1 }, (_, at) =>
    keyOf({ ...keyed, id: (id + (at << TOGETHER)) & 0xffff }),
  );
}
