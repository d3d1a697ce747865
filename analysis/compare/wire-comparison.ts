import type { Carried } from '#analysis/capture/packet.ts';
import { WireCounts } from '#analysis/wire/counts.ts';
import { describeWireDecision, shownBy } from '#analysis/wire/describe.ts';
import type { WireFinding, WireMatch, WirePacket, WireSent } from '#analysis/wire/finding.ts';
import { wireVerdictOf } from '#analysis/wire/reasons.ts';
import type { WireListener } from '#analysis/wire/wire-of-run.ts';
import type { WireEvent } from '#lib/journal/wire-schema.ts';
import { endpoint } from '#lib/lab/ports.ts';
import { addressText, payloadOf } from '#lib/packet/packet.ts';
import type { Compared, PacketFact, WireCompared } from './compared.ts';
import { Explaining } from './explained.ts';
import { Histogram } from './histogram.ts';
import { Retransmissions } from './retransmissions.ts';

/** A packet that travels longer is late, in seconds. */
const LATE = 0.1;
/** At most this many packets of each kind are listed. */
const LISTED = 100;

type Kind = 'neverArrived' | 'altered' | 'late' | 'twice' | 'overtaken' | 'stray';

/** Compares both captures where a wire is in between: each difference is explained by an entry, or named. */
export class WireComparison implements WireListener {
  readonly #lists: Record<Kind, PacketFact[]> = {
    ...{ neverArrived: [], altered: [], late: [], twice: [], overtaken: [], stray: [] },
  };
  readonly #counts: Record<Kind, Explaining> = {
    ...{ neverArrived: new Explaining(), altered: new Explaining(), late: new Explaining() },
    ...{ twice: new Explaining(), overtaken: new Explaining(), stray: new Explaining() },
  };
  readonly #decisions = new WireCounts();
  readonly #contradicted: WireCompared['contradicted'][number][] = [];
  readonly #oneWay = new Histogram();
  readonly #retransmitted = new Retransmissions();
  readonly #notForwarded = { missed: 0, refused: 0 };
  #retransmissions = 0;
  #arrived = 0;
  #unknown = 0;
  #end: Extract<WireFinding, { kind: 'end' }> | undefined;

  take(finding: WireFinding): void {
    switch (finding.kind) {
      case 'sent':
        if (this.#retransmitted.has(travelled(finding))) this.#retransmissions += 1;
        break;
      case 'packet':
        this.#takePacket(finding);
        break;
      case 'decision':
        this.#takeDecision(finding);
        break;
      case 'event':
        this.#takeEvent(finding.event);
        break;
      case 'end':
        this.#end = finding;
    }
  }

  result(): Compared {
    const { neverArrived, altered, late, twice, overtaken, stray } = this.#counts;
    const of = (counts: Explaining) => counts.facts;
    const inAll = {
      neverArrived: of(neverArrived).all,
      altered: of(altered).all,
      late: of(late).all,
      twice: of(twice).all,
    };
    return {
      cut: this.#end?.cut ?? [],
      without: this.#end?.without ?? [],
      arrived: this.#arrived,
      unknown: this.#unknown,
      ...{ neverArrived: this.#lists.neverArrived, altered: this.#lists.altered },
      ...{ late: this.#lists.late, twice: this.#lists.twice },
      inAll,
      retransmissions: this.#retransmissions,
      oneWay: this.#oneWay.count === 0 ? undefined : this.#oneWay.summary(),
      wire: {
        ...{ lost: of(neverArrived), altered: of(altered), late: of(late), twice: of(twice) },
        ...{ overtaken: of(overtaken), stray: of(stray), ...this.#notForwarded },
        ...{ overtakenPackets: this.#lists.overtaken, strayPackets: this.#lists.stray },
        decisions: this.#decisions.facts,
        contradicted: this.#contradicted,
      },
    };
  }

  #takePacket(packet: WirePacket): void {
    const { entry, fortune, packets, took, isOvertaken } = packet;
    const why = entry?.fault;
    if (fortune === 'unknown') this.#unknown += packets;
    if (fortune === 'lost') this.#list('neverArrived', packet, why);
    if (fortune === 'altered') this.#list('altered', packet, why);
    if (fortune === 'twice') this.#list('twice', packet, why);
    if (fortune === 'stray') this.#list('stray', packet, undefined);
    if (fortune === 'arrived') this.#arrived += packets;
    if (took === undefined || fortune === 'twice') return;
    if (fortune === 'arrived') this.#oneWay.add(took);
    if (took > LATE) this.#list('late', packet, whyLate(packet, took));
    if (isOvertaken) this.#list('overtaken', packet, why);
  }

  /** Packets without an entry come first in a list, because those with one are in the journal. */
  #list(kind: Kind, packet: WirePacket, why: string | undefined): void {
    const { from, frame, arrivedAs, info, took, packets, entry } = packet;
    this.#counts[kind].add(packets, why);
    const list = this.#lists[kind];
    const fact = {
      from,
      frame,
      arrivedAs,
      info,
      took,
      why,
      entry: why === undefined ? undefined : entry?.id,
    };
    if (list.length < LISTED) list.push(fact);
    else if (why === undefined) {
      const at = list.findLastIndex((one) => one.why !== undefined);
      if (at >= 0) list[at] = fact;
    }
  }

  #takeDecision(match: WireMatch): void {
    this.#decisions.add(match);
    if (wireVerdictOf(match) !== 'contradicted' || this.#contradicted.length === LISTED) return;
    const { entry, reason } = match;
    const { host, frame } = shownBy(match);
    const decision = describeWireDecision(entry);
    this.#contradicted.push({ id: entry.id, decision, reason, host, frame: frame?.number });
  }

  #takeEvent(event: WireEvent): void {
    if (event.event === 'missed' || event.event === 'refused')
      this.#notForwarded[event.event] += event.packets;
  }
}

/** What made a packet late: its own delay, or the packets before it in the queue. */
function whyLate({ entry, hasQueued }: WirePacket, took: number): string | undefined {
  const delay = (entry?.delay_ms ?? 0) / 1000;
  if (entry && (entry.fault === 'reorder' || delay > took - LATE)) {
    return entry.fault === 'reorder' ? 'reorder' : 'delay';
  }
  return hasQueued ? 'queue' : undefined;
}

/** A packet of the sender, for those who look for retransmissions. */
function travelled({ from, frame, packet }: WireSent): Parameters<Retransmissions['has']>[0] {
  const { source, sourcePort, destination, destinationPort, protocol, tcp } = packet;
  const ends = {
    from: endpoint(addressText(source), sourcePort),
    to: endpoint(addressText(destination), destinationPort),
  };
  const payload = payloadOf(packet);
  const carried: Carried = {
    ...{ ...frame, ...ends, fromPort: sourcePort, toPort: destinationPort, payload },
    transport: tcp ? 'tcp' : 'udp',
    ...{ server: undefined, overTls: false, toServer: from === 'client' },
    ...{ seq: tcp?.sequence ?? 0, ack: tcp?.acknowledgment ?? 0, flags: tcp?.flags ?? 0 },
  };
  const isCarried = protocol === 'tcp' || protocol === 'udp';
  return {
    carried: isCarried ? carried : undefined,
    flow: `${ends.from} ${ends.to} ${protocol}`,
    payload: tcp ? '' : payload.toString('latin1'),
  };
}
