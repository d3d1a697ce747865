import { mayLackPackets } from '#lib/journal/capture-records.ts';
import type { Gap } from '#lib/journal/run.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { Compared, PacketFact } from './compared.ts';
import { Histogram } from './histogram.ts';
import type { Travelling } from './packets.ts';
import { Retransmissions } from './retransmissions.ts';

/** How long a packet may travel, in seconds. After that it counts as lost. */
const PATIENCE = 5;
/** A packet that travels longer is late, in seconds. Usually it takes some microseconds. */
const LATE = 0.1;
/** At most this many packets of each kind are listed. */
const LISTED = 100;

const NEVER = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };

type Kind = 'neverArrived' | 'altered' | 'late' | 'twice';

/** A packet in the capture of its sender. */
interface Open {
  readonly packet: Travelling;
  /** Whether it was found in the other capture. It is kept to detect a copy. */
  matched: boolean;
}

/** Compares both captures packet by packet. Both are read once, in the order of time, with bounded memory. */
export async function compare(
  captures: readonly AsyncIterator<Travelling>[],
  gaps: readonly Gap[] = [],
): Promise<Compared> {
  const comparison = new Comparison(gaps);
  const heads = await Promise.all(captures.map((capture) => capture.next()));
  for (;;) {
    const times = heads.map(({ done, value }) => (done ? Number.POSITIVE_INFINITY : value.time));
    const earliest = Math.min(...times);
    if (earliest === Number.POSITIVE_INFINITY) break;
    const index = times.indexOf(earliest);
    comparison.take(heads[index]!.value);
    heads[index] = await captures[index]!.next();
  }
  return comparison.finish();
}

class Comparison {
  /** Sent packets by identity and payload, in order. Matched ones stay for a while. */
  readonly #sent = new Map<string, Open[]>();
  /** Received packets that are not matched yet, by identity. */
  readonly #received = new Map<string, Travelling[]>();
  readonly #retransmitted = new Retransmissions();
  readonly #oneWay = new Histogram();
  readonly #lists: Record<Kind, PacketFact[]> = { neverArrived: [], altered: [], late: [], twice: [] };
  readonly #inAll: Record<Kind, number> = { neverArrived: 0, altered: 0, late: 0, twice: 0 };
  /** The first and the last packet's time of each capture. */
  readonly #ran = new Map<Host, { first: number; last: number }>();
  /** Sent packets that are not in the other capture, until it is known whether that was running. */
  #missing: Travelling[] = [];
  #arrived = 0;
  #unknown = 0;
  #retransmissions = 0;
  #swept = 0;
  readonly #gaps: readonly Gap[];

  constructor(gaps: readonly Gap[]) {
    this.#gaps = gaps;
  }

  take(packet: Travelling): void {
    if (packet.time > this.#swept + 1) this.#expire(packet.time - PATIENCE);
    const ran = this.#ran.get(packet.seenAt);
    if (ran) ran.last = packet.time;
    else this.#ran.set(packet.seenAt, { first: packet.time, last: packet.time });
    if (packet.seenAt === packet.from) this.#send(packet);
    else this.#receive(packet);
  }

  finish(): Compared {
    this.#expire(Number.POSITIVE_INFINITY);
    return {
      cut: [],
      without: [],
      arrived: this.#arrived,
      unknown: this.#unknown,
      ...this.#lists,
      inAll: this.#inAll,
      retransmissions: this.#retransmissions,
      oneWay: this.#oneWay.count === 0 ? undefined : this.#oneWay.summary(),
    };
  }

  #send(packet: Travelling): void {
    if (this.#retransmitted.has(packet)) this.#retransmissions += 1;
    const early = this.#received.get(packet.identity)?.find(({ payload }) => payload === packet.payload);
    if (early) remove(this.#received, early);
    add(this.#sent, wholeOf(packet), { packet, matched: early !== undefined });
    if (early) this.#arrive(packet, early);
  }

  #receive(packet: Travelling): void {
    const alike = this.#sent.get(wholeOf(packet)) ?? [];
    // Identical packets: the latest one.
    const open = alike.findLast(({ matched }) => !matched);
    if (open) {
      open.matched = true;
      this.#arrive(open.packet, packet);
    } else if (alike.length > 0) {
      this.#list('twice', alike.at(-1)!.packet, packet);
    } else {
      add(this.#received, packet.identity, packet);
    }
  }

  #arrive(sent: Travelling, received: Travelling): void {
    const took = received.time - sent.time;
    this.#arrived += 1;
    this.#oneWay.add(took);
    if (took > LATE) this.#list('late', sent, received);
  }

  #expire(before: number): void {
    this.#swept = before + PATIENCE;
    for (const [identity, all] of this.#sent) {
      const over = all.filter(({ packet }) => packet.time < before);
      for (const { packet, matched } of over) if (!matched) this.#miss(packet);
      keep(this.#sent, identity, all, over.length);
    }
    this.#listMissing();
    for (const [identity, all] of this.#received) {
      keep(this.#received, identity, all, all.filter(({ time }) => time < before).length);
    }
  }

  /** A packet that did not arrive unaltered: altered if one with the same identity arrived, else missing. */
  #miss(packet: Travelling): void {
    const other = this.#received.get(packet.identity)?.[0];
    if (!other) {
      this.#missing.push(packet);
      return;
    }
    remove(this.#received, other);
    this.#list('altered', packet, other);
  }

  /** A packet never arrived if the other capture was running: it has packets from before and after. */
  #listMissing(): void {
    const isDecided = (packet: Travelling) => this.#otherRan(packet).last >= packet.time;
    for (const packet of this.#missing.filter(isDecided)) {
      if (this.#isInGap(packet)) this.#unknown += 1;
      else if (packet.time >= this.#otherRan(packet).first) this.#list('neverArrived', packet);
    }
    this.#missing = this.#missing.filter((packet) => !isDecided(packet));
  }

  #otherRan({ from }: Travelling): { readonly first: number; readonly last: number } {
    return this.#ran.get(otherThan(from)) ?? NEVER;
  }

  /** Whether the packet may have arrived in a gap of the other capture. */
  #isInGap({ from, time }: Travelling): boolean {
    return mayLackPackets(this.#gaps, otherThan(from), { from: time, to: time + PATIENCE });
  }

  #list(kind: Kind, sent: Travelling, received?: Travelling): void {
    this.#inAll[kind] += 1;
    if (this.#lists[kind].length === LISTED) return;
    this.#lists[kind].push({
      from: sent.from,
      frame: sent.frame,
      arrivedAs: received?.frame,
      info: `${sent.flow}, ${sent.payload.length} bytes`,
      took: received && received.time - sent.time,
    });
  }
}

function otherThan(host: Host): Host {
  return host === 'server' ? 'client' : 'server';
}

/** Identity and payload of a packet. */
function wholeOf({ identity, payload }: Travelling): string {
  return `${identity} ${payload}`;
}

function add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const all = map.get(key);
  if (all) all.push(value);
  else map.set(key, [value]);
}

function remove(map: Map<string, Travelling[]>, packet: Travelling): void {
  keep(
    map,
    packet.identity,
    (map.get(packet.identity) ?? []).filter((other) => other !== packet),
    0,
  );
}

/** Drops the first `over` values of a key. */
function keep<Value>(map: Map<string, Value[]>, key: string, all: Value[], over: number): void {
  if (over < all.length) map.set(key, over === 0 ? all : all.slice(over));
  else map.delete(key);
}
