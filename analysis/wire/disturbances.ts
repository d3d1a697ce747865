import type { Talk } from '#analysis/capture/truncated-frames.ts';
import type { Disturbed } from '#analysis/join/disturbed.ts';
import type { Stretch } from '#lib/journal/capture-records.ts';
import { wireTimeOf } from '#lib/journal/wire-entries.ts';
import type { WireDecision } from '#lib/journal/wire-schema.ts';
import type { Host } from '#lib/lab/hosts.ts';
import { endpoint, type Ports, serverOn } from '#lib/lab/ports.ts';
import { addressText, type Protocol } from '#lib/packet/packet.ts';
import type { WireFinding, WireMatch, WirePacket } from './finding.ts';
import { wireVerdictOf } from './reasons.ts';

/** A packet that takes longer changes the order of a conversation, in seconds. */
const LONG = 0.5;
/** Troubles of one conversation nearer to each other than this count as one, in seconds. */
const SOON = 1;

/** What the wire did to the packets between the hosts, for those who read the capture of one of them. */
export class Disturbances {
  readonly #ports: Ports;
  readonly #skipped: Readonly<Record<Host, Set<number>>> = { server: new Set(), client: new Set() };
  /** Copies of segments, which TCP discards. */
  readonly #added: Readonly<Record<Host, Set<number>>> = { server: new Set(), client: new Set() };
  readonly #troubles = new Map<string, { from: number; to: number }[]>();
  /** Those of decisions that no capture shows: they may concern the server's too. */
  readonly #unseen = new Map<string, { from: number; to: number }[]>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  take(finding: WireFinding): void {
    if (finding.kind === 'decision') this.#takeDecision(finding);
    else if (finding.kind === 'packet') this.#takePacket(finding);
  }

  /**
   * The disturbances for the capture of a host. The journals are those of the server, so its capture has all that they are
   * about. That of the client lacks what was lost between them.
   */
  of(host: Host): Disturbed {
    const { [host]: skipped } = this.#skipped;
    const { [host]: added } = this.#added;
    return {
      skips: (frame) => skipped.has(frame),
      adds: (frame) => added.has(frame),
      has: (talk, within) =>
        hasIn(this.#unseen, talk, within) || (host === 'client' && hasIn(this.#troubles, talk, within)),
    };
  }

  /** A host ignores a packet with a wrong checksum. */
  #takeDecision(match: WireMatch): void {
    const { entry, from, received } = match;
    if (wireVerdictOf(match) === 'unknown' && entry.fault !== 'delay') this.#takeUnseen(entry);
    if (entry.fault !== 'corruption') return;
    const { [otherThan(from)]: skipped } = this.#skipped;
    for (const { number } of received) skipped.add(number);
  }

  #takePacket(packet: WirePacket): void {
    const { arrivedAs, entry, fortune, frame, from, isOvertaken, took = 0 } = packet;
    if (fortune === 'lost' && from === 'client' && packet.packet.protocol === 'udp') {
      this.#skipped.client.add(frame!);
    }
    if (fortune === 'twice' && entry && packet.packet.protocol === 'tcp') {
      this.#added[otherThan(from)].add(arrivedAs!);
    }
    if (fortune === 'twice' && from === 'server') this.#skipped.client.add(arrivedAs!);
    if (fortune !== 'arrived' || isOvertaken || took > LONG) this.#trouble(packet);
  }

  #takeUnseen(entry: WireDecision): void {
    const { source, source_port: from = 0, destination, destination_port: to = 0, protocol } = entry;
    const [client, server] =
      entry.direction === 'up' ? [endpoint(source, from), to] : [endpoint(destination, to), from];
    this.#add(this.#unseen, { client, server, protocol }, wireTimeOf(entry));
  }

  #trouble({ packet, time, from }: WirePacket): void {
    const { source, sourcePort, destination, destinationPort, protocol } = packet;
    const [client, server] =
      from === 'client'
        ? [endpoint(addressText(source), sourcePort), destinationPort]
        : [endpoint(addressText(destination), destinationPort), sourcePort];
    this.#add(this.#troubles, { client, server, protocol }, time);
  }

  #add(
    troubles: Map<string, { from: number; to: number }[]>,
    { client, server, protocol }: Ends,
    time: number,
  ) {
    const lab = serverOn(server, this.#ports);
    if (!lab || (protocol !== 'tcp' && protocol !== 'udp')) return;
    const key = keyOf({ server: lab.server, transport: protocol, client });
    const all = troubles.get(key) ?? [];
    const near = all.find((one) => time > one.from - SOON && time < one.to + SOON);
    if (near) {
      near.from = Math.min(near.from, time);
      near.to = Math.max(near.to, time);
    } else all.push({ from: time, to: time });
    troubles.set(key, all);
  }
}

/** The ends of a packet: the client's as `endpoint` writes it, and the server's port. */
interface Ends {
  readonly client: string;
  readonly server: number;
  readonly protocol: Protocol;
}

function hasIn(
  troubles: ReadonlyMap<string, readonly Stretch[]>,
  talk: Talk,
  { from, to }: Stretch,
): boolean {
  return (troubles.get(keyOf(talk)) ?? []).some((one) => to > one.from && from < one.to);
}

function keyOf({ server, transport, client }: Talk): string {
  return `${server} ${transport} ${client}`;
}

function otherThan(host: Host): Host {
  return host === 'server' ? 'client' : 'server';
}
