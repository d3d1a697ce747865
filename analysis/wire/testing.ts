import type { IpFrame } from '#analysis/capture/read-ip.ts';
import type { Detail } from '#lib/faults/wire/fault.ts';
import { wireFaultCalled } from '#lib/faults/wire/index.ts';
import type { Gap } from '#lib/journal/run.ts';
import { wireTimeOf } from '#lib/journal/wire-entries.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import { fragmentationNeeded } from '#lib/packet/craft.ts';
import { addressNumber, type Packet } from '#lib/packet/packet.ts';
import { CLIENT, parsed, SERVER } from '#lib/packet/testing.ts';
import { entryOf } from '../../services/wire/entry.ts';
import type { Struck } from '../../services/wire/wire.ts';
import type { WireFinding, WireMatch, WirePacket } from './finding.ts';
import { WireMatching } from './matching.ts';
import { matchWire } from './read.ts';

const WIRE = '10.0.77.1';
export const addresses = { client: CLIENT, server: SERVER };

/** What happens to a packet on the way. */
export interface Way {
  /** Seconds since the begin of both captures. */
  readonly time: number;
  readonly fault?: string;
  readonly detail?: Detail;
  /** The number of the packet in its flow. */
  readonly number?: number;
  readonly took?: number;
  /** The packet as the wire had it, if its sender has it in a larger frame. */
  readonly cut?: Buffer;
  /** Nothing is sent back to the sender. */
  readonly isSilent?: boolean;
  /** What arrives instead of what the fault makes of the packet. */
  readonly arrives?: readonly Buffer[];
}

/** Both captures and the journal of a wire, from 0 s to 100 s. */
export class Lab {
  readonly #captures: Record<Host, { time: number; packet: Packet; captured: number }[]> = {
    server: [],
    client: [],
  };
  readonly #entries: { readonly time: number; readonly entry: object }[] = [];
  readonly gaps: Gap[] = [];
  /** When captures were running, by their records. */
  readonly recorded: Gap[] = [];

  /** Whether frames and entries are in the order in which they were given, because the clock was set back meanwhile. */
  isSetBack = false;

  /** @param frames whether both captures have a frame of another host at the begin and at the end */
  constructor({ frames = true } = {}) {
    this.event(0, { event: 'wire', address: WIRE, seed: 'alice', up: 'nothing', down: 'nothing' });
    for (const time of frames ? [0, 100] : []) {
      const other = parsed(OTHER);
      for (const host of ['server', 'client'] as const) this.see(host, time, other.bytes);
    }
  }

  see(host: Host, time: number, bytes: Buffer, captured = bytes.length): void {
    this.#captures[host].push({ time, packet: parsed(bytes), captured });
  }

  event(time: number, event: object): void {
    this.#entries.push({
      time,
      entry: { set: { up: {}, down: {} }, configured: { up: {}, down: {} }, ...event },
    });
  }

  /** A packet from one host to the other, 1 ms on the way by default. */
  send(bytes: Buffer, way: Way): void {
    this.see(hostOf(parsed(bytes)), way.time, bytes);
    this.pass(bytes, way);
  }

  /** What the wire does with a packet that its sender has sent. */
  pass(
    bytes: Buffer,
    { time, fault, detail = {}, number = 1, took = 0.001, cut = bytes, arrives, isSilent = false }: Way,
  ): void {
    const packet = parsed(cut);
    const from = hostOf(packet);
    if (fault !== undefined) this.decide(cut, { time, fault, detail, number });
    const steps =
      fault === undefined ? undefined : wireFaultCalled(fault)?.steps(packet, detail, addressNumber(WIRE));
    for (const step of steps ?? []) {
      if (step.do === 'send-back' && !isSilent) this.see(from, time + 0.001, step.bytes);
    }
    const onward = steps?.flatMap((step) => (step.do === 'send-back' ? [] : [step.bytes])) ?? [cut];
    for (const [at, one] of (arrives ?? onward).entries()) {
      this.see(from === 'client' ? 'server' : 'client', time + took + at * 0.0001, arrived(one));
    }
  }

  /** An entry of the journal, whatever the packets show. */
  decide(
    bytes: Buffer,
    { time, fault, detail = {}, number = 1 }: Pick<Way, 'time' | 'detail' | 'number'> & { fault: string },
  ): void {
    const packet = parsed(bytes);
    const direction = hostOf(packet) === 'client' ? 'up' : 'down';
    const flow = { name: 'a flow #1' } as Parameters<typeof entryOf>[0]['flow'];
    const struck = { direction, packet, flow, number, fault, detail, rule: undefined } as const;
    this.#entries.push({ time: time + 0.000_5, entry: entryOf(struck) });
  }

  /** The wire drops its own ICMP error about a packet. */
  dropError(bytes: Buffer, { time, mtu }: { readonly time: number; readonly mtu: number }): void {
    const packet = parsed(fragmentationNeeded(parsed(bytes), { mtu, from: addressNumber(WIRE) }));
    const direction = hostOf(parsed(bytes)) === 'client' ? 'down' : 'up';
    const flow = { name: 'a flow #1' } as Struck['flow'];
    const detail = { queue_packets: 1, queue_bytes: 1 };
    this.journal(time + 0.000_5, {
      direction,
      packet,
      flow,
      number: 1,
      fault: 'tail-drop',
      detail,
      rule: undefined,
    });
  }

  /** What the wire decided itself. */
  journal(time: number, struck: Struck): void {
    this.#entries.push({ time, entry: entryOf(struck) });
  }

  /** The frames of a capture. */
  captured(host: Host): IpFrame[] {
    return this.#captures[host]
      .toSorted((one, other) => (this.isSetBack ? 0 : one.time - other.time))
      .map((frame, at) => ({ ...frame, number: at + 1, time: START + frame.time }));
  }

  get entries(): WireEntry[] {
    return this.#entries
      .toSorted((one, other) => (this.isSetBack ? 0 : one.time - other.time))
      .map(({ time, entry }, at) => ({
        timestamp: new Date(Math.floor((START + time) * 1_000)).toISOString(),
        id: at + 1,
        ...entry,
      })) as WireEntry[];
  }

  /** Everything that is found while the captures grow. */
  findGrowing(): WireFinding[] {
    const matching = new WireMatching({ addresses, gaps: this.gaps, onArrival: () => undefined });
    const frames = hosts.flatMap((host) =>
      this.captured(host).map((frame) => ({ time: frame.time, take: () => matching.take(host, frame) })),
    );
    const entries = this.entries.map((entry) => ({
      time: wireTimeOf(entry) + 0.001,
      take: () => matching.read(entry),
    }));
    let looked = START;
    for (const { time, take } of [...frames, ...entries].sort((one, other) => one.time - other.time)) {
      for (; looked < time; looked += LOOK) matching.moveTo(looked, hosts);
      take();
    }
    matching.finish();
    return matching.findings;
  }

  /** Everything that is found. */
  async find({ serverBegins = 0 } = {}): Promise<WireFinding[]> {
    const [gaps, captured] = [this.gaps, this.recorded].map((all) =>
      all.map((one) => ({ ...one, from: START + one.from, to: START + one.to })),
    );
    const recorded = (host: Host) => captured!.filter((one) => one.host === host);
    const server = this.captured('server').filter(({ time }) => time >= START + serverBegins);
    const frames = { server: list(server), client: list(this.captured('client')) };
    const parts = { addresses, gaps, recorded };
    const found: WireFinding[] = [];
    for await (const finding of matchWire(frames, list(this.entries), parts)) found.push(finding);
    return found;
  }

  async decisions(options?: { readonly serverBegins?: number }): Promise<WireMatch[]> {
    return (await this.find(options)).filter((finding) => finding.kind === 'decision');
  }

  /** The reasons of all decisions, in their order. */
  async reasons(options?: { readonly serverBegins?: number }): Promise<string[]> {
    return (await this.decisions(options)).map(({ reason }) => reason);
  }

  async packets(): Promise<WirePacket[]> {
    return (await this.find()).filter((finding) => finding.kind === 'packet');
  }

  /** How many packets had each fortune, as `lost by loss`. */
  async fortunes(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { fortune, entry, packets } of await this.packets()) {
      const name = `${fortune} by ${entry?.fault ?? 'nothing'}`;
      counts[name] = (counts[name] ?? 0) + packets;
    }
    return counts;
  }
}

/** When both captures begin, in seconds since 1970. */
export const START = 1_796_000_000;
/** How often captures that grow are looked at, in seconds. */
const LOOK = 0.05;
/** A packet of neither host. */
const OTHER = Buffer.from('450000140001000040110000e0000001e0000002', 'hex');

function hostOf({ source }: Packet): Host {
  return source === addressNumber(CLIENT) ? 'client' : 'server';
}

/** One hop later, with a finished checksum. */
function arrived(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[8]! -= 1;
  return copy;
}

async function* list<One>(all: readonly One[]): AsyncGenerator<readonly One[]> {
  yield all;
}
