import type { ArrivedFrame } from '#analysis/wire/matching.ts';
import { mayLackPackets } from '#lib/journal/capture-records.ts';
import type { Gap } from '#lib/journal/run.ts';
import type { Host } from '#lib/lab/hosts.ts';
import { addressNumber, type Packet } from '#lib/packet/packet.ts';
import type { Comment, Direction, Fate, PacketChange } from '../contract.ts';
import { type ColumnPacket, columnsOf } from './columns.ts';
import { type Due, EVERYTHING, isDue } from './due.ts';
import type { Captured } from './growing-capture.ts';
import { Trip, type Way } from './trip.ts';
import type { RawFrame } from './types.ts';

export interface TripsParts {
  readonly addresses: Readonly<Record<Host, string>>;
  /** Whether there is a capture of a host, and the time of its latest frame. */
  readonly isThere: (host: Host) => boolean;
  readonly latest: (host: Host) => number;
  /** Stretches of time in which captures lack packets. The list grows. */
  readonly gaps: readonly Gap[] | undefined;
  /** Whether a wire decides about the packets between the hosts. */
  readonly hasWire: () => boolean;
  /** A packet that was shown before has one more frame of this many bytes. */
  readonly onGrown: (bytes: number) => void;
}

/** A frame from the other host whose packet is not known yet. */
interface Parked {
  readonly captured: Captured;
  readonly ip: Packet | undefined;
  columns: ColumnPacket | undefined;
}

/** What became known of a frame before its packet. */
type Early = (trip: Trip) => void;

/** When a packet is unseen that nobody has captured after its sender, in seconds. */
const UNSEEN = 2;
/** When the capture of its receiver counts as stopped, in seconds. */
const STOPPED = 30;
/** The type of ARP on Ethernet. */
const ARP = 0x0806;
/** How far apart two captures of a frame without IPv4 may be, in seconds. */
const TOGETHER = 1;
/** The most frames about which something is known before their packet is. */
const MOST_EARLY = 2_000;

/** Makes one packet of its frames in both captures. */
export class Trips {
  readonly #parts: TripsParts;
  readonly #numbers: Readonly<Record<Host, number>>;
  readonly #byFrame: Readonly<Record<Host, Map<number, Trip>>> = { client: new Map(), server: new Map() };
  readonly #parked: Readonly<Record<Host, Map<number, Parked>>> = { client: new Map(), server: new Map() };
  readonly #early = new Map<string, Early[]>();
  /** Frames without IPv4 that only one capture has so far, by their bytes. */
  readonly #single = new Map<string, Trip>();
  /** In the order of time. */
  readonly #travelling = new Set<Trip>();
  /** Those with columns that are not shown yet. */
  #ready: Trip[] = [];
  readonly #changed = new Set<Trip>();

  constructor(parts: TripsParts) {
    this.#parts = parts;
    const { client, server } = parts.addresses;
    this.#numbers = { client: addressNumber(client), server: addressNumber(server) };
  }

  /** A capture has a frame. Frames of both captures come in the order of time. */
  see(host: Host, captured: Captured, ip: Packet | undefined): void {
    if (!ip) this.#seeWithoutIp(host, captured);
    else if (this.#isOwn(host, ip)) {
      const fate = this.#parts.isThere(other(host)) ? 'travelling' : 'arrived';
      this.#begin(host, { captured, ip }, { direction: directionTo(other(host)), fate });
    } else if (this.#isOwn(other(host), ip)) this.#park(host, { captured, ip, columns: undefined });
    else {
      const way = { direction: this.#directionOf(host, ip), fate: 'arrived' } as const;
      this.#begin(host, { captured, ip }, way);
    }
  }

  /** tshark has dissected a frame. */
  dissect(host: Host, packet: ColumnPacket): void {
    const parked = this.#parked[host].get(packet.number);
    const trip = this.#byFrame[host].get(packet.number);
    if (parked) parked.columns = packet;
    else if (trip?.host === host && !trip.columns) this.#setColumns(trip, packet);
  }

  /** The receiver of a packet has captured it. */
  arrive({ from, sent, got, isMore }: ArrivedFrame): void {
    const host = other(from);
    const trip = this.#byFrame[from].get(sent.number);
    const before = this.#byFrame[host].get(got.number);
    const parked = this.#parked[host].get(got.number);
    if (!trip || isMore) {
      this.#settleAlone(host, got.number, isMore && this.#parts.hasWire() ? 'copied' : 'arrived');
      return;
    }
    const raw = parked ? rawOf(host, parked.captured) : before?.raw.find((one) => one.host === host);
    if (!raw) return;
    this.#parked[host].delete(got.number);
    trip.addFrame(got.number, raw);
    if (trip.id > 0) this.#parts.onGrown(raw.bytes.length);
    trip.arrive(got.time);
    this.#travelling.delete(trip);
    this.#note(trip);
    if (!before) this.#register(host, got.number, trip);
  }

  /** A frame belongs to no packet of the other capture. */
  settleStray(host: Host, number: number): void {
    this.#settleAlone(host, number, 'arrived');
  }

  comment(host: Host, number: number, comment: Comment): void {
    this.#when(host, number, (trip) => trip.comment(comment));
  }

  uncomment(host: Host, number: number, comment: Comment): void {
    this.#when(host, number, (trip) => trip.uncomment(comment));
  }

  expose(host: Host, number: number, what: string): void {
    this.#when(host, number, (trip) => trip.expose(what));
  }

  /** What became of the packet of a sender's frame. */
  setFate(host: Host, number: number, fate: Fate): void {
    this.#when(host, number, (trip) => {
      if (fate === 'altered' || trip.arrived === undefined) trip.setFate(fate);
      if (fate !== 'altered') this.#travelling.delete(trip);
    });
  }

  /** Both captures have been read up to a time. */
  moveTo(due: Due): void {
    // With a wire, its journal shows how long a packet may take.
    if (!this.#parts.hasWire()) this.#giveUp(due);
    for (const [bytes, { time }] of this.#single) {
      if (!isDue(time + TOGETHER, due)) break;
      this.#single.delete(bytes);
    }
  }

  /** Both captures have ended. */
  finish(): void {
    this.#giveUp(EVERYTHING);
  }

  /** The packets that can be shown, from up to a time, in the order of time. */
  takeReady(until: number): Trip[] {
    const ready = this.#ready.filter(({ time }) => time <= until);
    this.#ready = ready.length === this.#ready.length ? [] : this.#ready.filter(({ time }) => time > until);
    return ready.sort((one, two) => one.time - two.time);
  }

  /** What has changed of packets that were shown. */
  takeChanges(): PacketChange[] {
    const changes = [...this.#changed]
      .filter(({ hasChanged }) => hasChanged)
      .map((trip) => trip.takeChange());
    this.#changed.clear();
    return changes;
  }

  /** No packet that comes later belongs to this one. */
  forget(trip: Trip): void {
    for (const [host, number] of trip.numbers) {
      if (this.#byFrame[host].get(number) === trip) this.#byFrame[host].delete(number);
    }
    this.#travelling.delete(trip);
    this.#changed.delete(trip);
  }

  #isOwn(host: Host, { source, destination }: Packet): boolean {
    return source === this.#numbers[host] && destination === this.#numbers[other(host)];
  }

  /** The direction of a packet that does not go from one host to the other. */
  #directionOf(host: Host, { source, destination }: Packet): Direction {
    const own = this.#numbers[host];
    if (destination === own) return directionTo(host);
    return source === own ? directionTo(other(host)) : 'other';
  }

  /** A frame without IPv4, such as ARP: the same bytes in both captures are one packet. */
  #seeWithoutIp(host: Host, captured: Captured): void {
    const key = captured.bytes.toString('latin1');
    const twin = this.#single.get(key);
    if (!twin || twin.host === host) {
      const way = { direction: this.#directionOfArp(captured), fate: 'arrived' } as const;
      this.#single.set(key, this.#begin(host, { captured, ip: undefined }, way));
      return;
    }
    this.#single.delete(key);
    const raw = rawOf(host, captured);
    twin.addFrame(captured.number, raw);
    twin.arrive(captured.time);
    if (twin.id > 0) this.#parts.onGrown(raw.bytes.length);
    this.#register(host, captured.number, twin);
    this.#note(twin);
  }

  /** A packet is unseen when the capture of its receiver has only later ones, and nothing is missing there. */
  #giveUp(due: Due): void {
    for (const trip of this.#travelling) {
      if (!isDue(trip.time + UNSEEN, due)) return;
      const isSeenLater = this.#parts.latest(other(trip.host)) >= trip.time;
      if (!isSeenLater && !isDue(trip.time + STOPPED, due)) continue;
      this.#travelling.delete(trip);
      const { host, time } = trip;
      const isLacking = mayLackPackets(this.#parts.gaps, other(host), { from: time, to: time });
      trip.setFate(isSeenLater && !isLacking ? 'unseen' : 'arrived');
      this.#note(trip);
    }
  }

  /** Without the capture of its sender, a frame is a packet of its own. */
  #park(host: Host, parked: Parked): void {
    this.#parked[host].set(parked.captured.number, parked);
    if (!this.#parts.isThere(other(host))) this.#settleAlone(host, parked.captured.number, 'arrived');
  }

  #directionOfArp({ bytes, linkType }: Captured): Direction {
    const isArp = linkType === 1 && bytes.length >= 42 && bytes.readUInt16BE(12) === ARP;
    if (!isArp) return 'other';
    const sender = bytes.readUInt32BE(28);
    if (sender === this.#numbers.client) return 'up';
    return sender === this.#numbers.server ? 'down' : 'other';
  }

  #begin(host: Host, { captured, ip }: Pick<Parked, 'captured' | 'ip'>, way: Way): Trip {
    const trip = new Trip({ host, time: captured.time, protocol: ip?.protocol, way });
    trip.addFrame(captured.number, rawOf(host, captured));
    if (way.fate === 'travelling') this.#travelling.add(trip);
    this.#register(host, captured.number, trip);
    return trip;
  }

  #settleAlone(host: Host, number: number, fate: Fate): void {
    const parked = this.#parked[host].get(number);
    if (!parked) return;
    this.#parked[host].delete(number);
    const { captured, ip, columns } = parked;
    const way = { direction: directionTo(host), fate } as const;
    const trip = this.#begin(host, { captured, ip }, way);
    trip.arrive(captured.time);
    if (columns) this.#setColumns(trip, columns);
  }

  #setColumns(trip: Trip, packet: ColumnPacket): void {
    trip.columns = columnsOf(packet, trip.protocol);
    trip.carried = packet.carried;
    this.#ready.push(trip);
  }

  #register(host: Host, number: number, trip: Trip): void {
    this.#byFrame[host].set(number, trip);
    const key = `${host} ${number}`;
    for (const act of this.#early.get(key) ?? []) act(trip);
    this.#early.delete(key);
  }

  /** Acts on the packet of a frame, as soon as it is known. */
  #when(host: Host, number: number, act: Early): void {
    const trip = this.#byFrame[host].get(number);
    if (trip) {
      act(trip);
      this.#note(trip);
      return;
    }
    const key = `${host} ${number}`;
    const early = this.#early.get(key);
    if (early) early.push(act);
    else this.#early.set(key, [act]);
    if (this.#early.size > MOST_EARLY) this.#early.delete(this.#early.keys().next().value!);
  }

  #note(trip: Trip): void {
    if (trip.id > 0) this.#changed.add(trip);
  }
}

function rawOf(host: Host, { bytes, length, linkType, time }: Captured): RawFrame {
  return { host, bytes, length, linkType, time };
}

export function other(host: Host): Host {
  return host === 'server' ? 'client' : 'server';
}

function directionTo(host: Host): Direction {
  return host === 'server' ? 'up' : 'down';
}
