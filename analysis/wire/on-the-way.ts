import type { WireDecision } from '#lib/journal/wire-schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { type Packet, payloadOf } from '#lib/packet/packet.ts';
import { Alike } from './alike.ts';
import { isFragment } from './place.ts';
import type { Sent } from './sent.ts';

/** IP identifications that are looked up together, as a power of 2. */
const TOGETHER = 7;
/** The least payload of the segments into which a large frame is cut. */
const LEAST_SEGMENT = 36;
/** A frame of this many bytes or fewer is one packet, whatever the MTU. */
const ONE_PACKET = 68;
const NO_PAYLOAD = '00000000';
const NONE = new Alike();

type Key = string;

/** What an index needs to know of a packet, or of an entry. */
export interface Keyed {
  readonly source: number;
  readonly destination: number;
  readonly id: number;
  /** All that a packet without an identification has of its own. Undefined if it may be cut or joined on the way. */
  readonly own: string | undefined;
}

export function keyedOf(packet: Packet): Keyed {
  const { source, destination, id } = packet;
  return { source, destination, id, own: ownOf(packet, crcOf) };
}

function ownOf(packet: Packet, crcIn: (payload: Buffer) => string): string | undefined {
  const { id, tcp, sourcePort, destinationPort } = packet;
  const payload = payloadOf(packet);
  if (id !== 0 || isFragment(packet) || (tcp && payload.length > 0)) return undefined;
  return [sourcePort, destinationPort, tcp?.sequence, tcp?.acknowledgment, crcIn(payload)].join(' ');
}

/** What the packet of an entry may have of its own. */
export function ownOfEntry(entry: WireDecision): string | undefined {
  const { source_port: from = 0, destination_port: to = 0, seq, ack, crc = NO_PAYLOAD } = entry;
  if (entry.ip_id !== 0 || (seq !== undefined && entry.payload > 0)) return undefined;
  return [from, to, seq, ack, crc].join(' ');
}

/** The packets that have been sent lately, by addresses and IP identification. */
export class OnTheWay {
  readonly #byKey = new Map<Key, Alike>();
  readonly #keys = new Map<Sent, Key[]>();

  get all(): Iterable<Sent> {
    return this.#keys.keys();
  }

  add(sent: Sent): void {
    const keys = keysOf(sent);
    this.#keys.set(sent, keys);
    for (const key of keys) this.#addUnder(key, sent);
  }

  /** Notes what is missing of it, after an arrival or a decision. */
  update(sent: Sent): void {
    for (const key of this.#keys.get(sent) ?? []) this.#byKey.get(key)!.update(sent);
  }

  /** Finds a packet without identification by the payload with which it arrives, too. */
  addAltered(sent: Sent, crc: string): void {
    const own = ownOf(sent.packet, () => crc);
    const keys = this.#keys.get(sent);
    if (own === undefined || !keys) return;
    const key = keyOf({ ...sent.packet, own });
    if (keys.includes(key)) return;
    keys.push(key);
    this.#addUnder(key, sent);
  }

  remove(sent: Sent): void {
    for (const key of this.#keys.get(sent) ?? []) {
      const alike = this.#byKey.get(key)!;
      alike.remove(sent);
      if (alike.sent.size === 0) this.#byKey.delete(key);
    }
    this.#keys.delete(sent);
  }

  /** Those that may be the packet. */
  like(keyed: Keyed): Alike {
    return this.#byKey.get(keyOf(keyed)) ?? NONE;
  }

  /** Those that may be identical to one of them, as it was sent and as it arrives. */
  likeSent(sent: Sent): readonly Alike[] {
    return (this.#keys.get(sent) ?? []).map((key) => this.#byKey.get(key)!);
  }

  #addUnder(key: Key, sent: Sent): void {
    const known = this.#byKey.get(key);
    const alike = known ?? new Alike();
    if (!known) this.#byKey.set(key, alike);
    alike.add(sent);
  }
}

function keyOf({ source, destination, id, own }: Keyed): Key {
  return `${source} ${destination} ${own ?? id >> TOGETHER}`;
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
