import { crcOf } from '#lib/message/crc.ts';
import { type Packet, payloadOf } from '#lib/packet/packet.ts';
import { isFragment } from './place.ts';
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

  add(sent: Sent): void {
    this.all.add(sent);
    for (const key of keysOf(sent)) this.#addUnder(key, sent);
  }

  /** Finds a packet without identification by the payload with which it arrives, too. */
  addAltered(sent: Sent, crc: string): void {
    const { source, destination, id, tcp } = sent.packet;
    if (id !== 0 || tcp) return;
    const key = keyOf({ source, destination, id, crc });
    this.#addUnder(key, sent);
    this.#altered.set(sent, [...(this.#altered.get(sent) ?? []), key]);
  }
  readonly #altered = new Map<Sent, Key[]>();

  remove(sent: Sent): void {
    this.all.delete(sent);
    for (const key of [...keysOf(sent), ...(this.#altered.get(sent) ?? [])]) {
      const rest = (this.#byKey.get(key) ?? []).filter((one) => one !== sent);
      if (rest.length > 0) this.#byKey.set(key, rest);
      else this.#byKey.delete(key);
    }
    this.#altered.delete(sent);
  }

  /** Those that may be the packet, in the order in which they were sent. */
  like(keyed: Keyed): readonly Sent[] {
    return this.#byKey.get(keyOf(keyed)) ?? [];
  }

  #addUnder(key: Key, sent: Sent): void {
    const alike = this.#byKey.get(key);
    if (alike) alike.push(sent);
    else this.#byKey.set(key, [sent]);
  }
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
