import type { FrameRef } from '#analysis/capture/frames.ts';
import type { IpFrame } from '#analysis/capture/read-ip.ts';
import type { Gap } from '#lib/journal/run.ts';
import { isWireDecision, wireTimeOf } from '#lib/journal/wire-entries.ts';
import type { WireDecision, WireEntry, WireEvent } from '#lib/journal/wire-schema.ts';
import type { Host } from '#lib/lab/hosts.ts';
import { addressNumber, addressText } from '#lib/packet/packet.ts';
import { type Alike, reachOf } from './alike.ts';
import { Arriving } from './arriving.ts';
import { choose, isSamePart, mayGet, newFate, type Place } from './choosing.ts';
import { Exchanging } from './exchanging.ts';
import { isDrop } from './expected.ts';
import { Extras } from './extras.ts';
import type { WireFinding, WireMatch } from './finding.ts';
import { WireFlows } from './flows.ts';
import { copiesOf, isComplete, judge } from './judge.ts';
import { isMisplaced } from './misplaced.ts';
import { OnTheWay, ownOfEntry } from './on-the-way.ts';
import { findings, straysOf } from './packets.ts';
import { isFragment } from './place.ts';
import { Queues } from './queues.ts';
import type { WireReason } from './reasons.ts';
import { type Recorded, Running } from './running.ts';
import { type Fate, isOf, Sent } from './sent.ts';
import { Verdicts } from './verdicts.ts';

/** How long a packet may travel beyond what was decided and beyond its time in a queue, in seconds. */
const PATIENCE = 5;
/** How long a packet that has arrived is kept to notice a copy, and an arrival or an entry to find its packet. */
const GRACE = 1;
/** At most this many arrivals or entries without a packet are looked up again. */
const MOST_RETRIED = 64;
/** How often the packets on the way are looked at, in seconds. */
const SWEEP = 0.5;
/** A larger step back of the times of a capture or of the journal means that the clock was set, in seconds. */
const STEP = 0.1;
/**
 * While captures grow. A busy machine may write one of them this much later than the other. The packets on the way are
 * looked at this often. One that was dropped is lost when it has not arrived after this time.
 */
const GROWING = { step: 2, sweep: 0.1, lost: 0.15 } as const;

export interface WireParts {
  readonly addresses: Readonly<Record<Host, string>>;
  readonly gaps?: readonly Gap[] | undefined;
  readonly recorded?: Recorded | undefined;
  /**
   * Receives each arrival while captures grow. Then a dropped packet counts as lost soon, and verdicts come in any order.
   */
  readonly onArrival?: ((arrival: ArrivedFrame) => void) | undefined;
}

/** A frame in the capture of its receiver, and the one of the sender. */
export interface ArrivedFrame {
  readonly from: Host;
  readonly sent: FrameRef;
  readonly got: FrameRef;
  /** The same part of the packet has arrived before, or the wire added this one. */
  readonly isMore: boolean;
}

/** An entry whose packet is not found yet. */
interface Sought {
  readonly entry: WireDecision;
  readonly time: number;
}

/**
 * Matches each decision of the wire with its frames in the captures of both hosts, and finds what became of every packet
 * between them. It gets all of it in the order of time, and keeps only what is on the way.
 */
export class WireMatching {
  readonly findings: WireFinding[] = [];
  readonly #numbers: Readonly<Record<Host, number>>;
  readonly #onTheWay = new OnTheWay();
  readonly #flows = new WireFlows();
  readonly #arriving = new Arriving(this.#onTheWay, this.#flows);
  readonly #extras = new Extras();
  readonly #exchanging = new Exchanging(this.#onTheWay, (fate) => this.#isOpen(fate));
  /** By the name of their entries. */
  readonly #fates = new Map<string, Fate>();
  readonly #queues = new Queues();
  readonly #running: Running;
  readonly #onArrival: WireParts['onArrival'];
  readonly #verdicts: Verdicts;
  /** Arrivals and entries that have no packet yet. */
  #strays: { readonly frame: IpFrame; readonly from: Host }[] = [];
  #sought: Sought[] = [];
  #wireAddress = 0;
  #order = 0;
  #swept = Number.NEGATIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;
  #latestEntry = Number.NEGATIVE_INFINITY;

  constructor({ addresses, gaps = [], recorded, onArrival }: WireParts) {
    this.#numbers = { server: addressNumber(addresses.server), client: addressNumber(addresses.client) };
    this.#running = new Running(gaps, recorded);
    this.#onArrival = onArrival;
    this.#verdicts = new Verdicts((match) => this.findings.push(match), onArrival !== undefined);
  }

  /** A capture has a frame at this time, or it ends. */
  look(host: Host, time: number | undefined): void {
    if (time === undefined) this.#running.end(host);
    else this.#running.see(host, time);
  }

  /** Takes a frame of the capture of a host. */
  take(host: Host, frame: IpFrame): void {
    this.#moveTo(frame.time);
    if (frame.captured < frame.packet.bytes.length && frame.packet.id === 0) this.#running.blur(host);
    const { source, destination } = frame.packet;
    const [own, other] = [this.#numbers[host], this.#numbers[otherThan(host)]];
    if (source === own && destination === other) this.#send(host, frame);
    else if (source === other && destination === own) this.#receive(host, frame);
    else if (destination === own && source === this.#wireAddress) this.#extras.takeError(frame);
  }

  /** Takes an entry, after all frames before it. */
  read(entry: WireEntry): void {
    const time = wireTimeOf(entry);
    // Its entries then seem to be older than the packets that are read by now.
    if (time < this.#latestEntry - STEP) this.#running.isSetBack = true;
    this.#latestEntry = time;
    if (!isWireDecision(entry)) {
      this.#readEvent(entry, time);
      return;
    }
    this.#verdicts.await(entry);
    if (!this.#decide(entry)) this.#sought.push({ entry, time });
  }

  /** While captures grow: all frames and entries up to this time have been taken, in seconds since 1970. */
  moveTo(now: number, growing: readonly Host[]): void {
    for (const host of growing) this.#running.see(host, now);
    if (now > this.#latest) this.#moveTo(now);
  }

  finish(): void {
    for (const host of ['server', 'client'] as const) this.#running.end(host);
    this.#sweep(Number.POSITIVE_INFINITY);
    this.#verdicts.finish();
  }

  #moveTo(time: number): void {
    if (time < this.#latest - (this.#onArrival ? GROWING.step : STEP)) {
      this.#running.isSetBack = true;
      this.#swept = Math.min(this.#swept, time);
    }
    this.#latest = time;
    if (time > this.#swept + (this.#onArrival ? GROWING.sweep : SWEEP)) this.#sweep(time);
  }

  #readEvent(event: WireEvent, time: number): void {
    if (event.event === 'wire') {
      this.#wireAddress = addressNumber(event.address);
      this.#verdicts.seed = event.seed;
    }
    if (event.event === 'queue') this.#queues.take(event, time);
    this.findings.push({ kind: 'event', event });
  }

  #send(host: Host, frame: IpFrame): void {
    const sent = new Sent(host, frame, this.#order);
    this.#order += 1;
    this.#onTheWay.add(sent);
    this.findings.push({ kind: 'sent', from: host, frame: sent.frame, packet: sent.packet });
    if (this.#strays.length > 0) this.#retryStrays();
    if (this.#sought.length > 0) this.#retrySought();
  }

  #receive(host: Host, frame: IpFrame): void {
    const from = otherThan(host);
    if (!this.#settleArrival(frame, from)) this.#strays.push({ frame, from });
  }

  /** Notes until when the queue held packets since a packet was sent. */
  #hold(sent: Sent): void {
    const since = Math.max(sent.frame.time, sent.heldUntil);
    const held = this.#queues.heldSince(sent.from === 'client' ? 'up' : 'down', since);
    sent.heldUntil = held ?? sent.heldUntil;
  }

  /** Looks again for the packets of the latest arrivals: clocks of captures differ by little. */
  #retryStrays(): void {
    const latest = this.#strays.splice(Math.max(0, this.#strays.length - MOST_RETRIED));
    this.#strays.push(...latest.filter(({ frame, from }) => !this.#settleArrival(frame, from)));
  }

  /** @returns whether the packet of an arrival was found */
  #settleArrival(frame: IpFrame, from: Host): boolean {
    const found = this.#arriving.take(frame, from);
    const extra = found.length > 0 ? undefined : this.#extras.takeAdded(frame);
    if (extra) this.#onTheWay.update(extra);
    for (const sent of extra ? [extra] : found) {
      this.#onArrival?.({ from: sent.from, sent: sent.frame, got: frame, isMore: !!extra || isAgain(sent) });
      this.#hold(sent);
      this.#exchanging.mend(sent);
      this.#settle(sent);
    }
    return found.length > 0 || extra !== undefined;
  }

  #retrySought(): void {
    const latest = this.#sought.splice(Math.max(0, this.#sought.length - MOST_RETRIED));
    this.#sought.push(...latest.filter(({ entry }) => !this.#decide(entry)));
  }

  /** Finds the packet of an entry. @returns whether there is one */
  #decide(entry: WireDecision): boolean {
    if (this.#dropError(entry)) return true;
    const found = this.#ownOf(entry) ?? choose(this.#likeEntry(entry), entry, this.#wireAddress);
    if (found) this.#give(found, entry);
    return found !== undefined;
  }

  /** The wire has dropped its own ICMP error about a packet. @returns whether there is such a packet */
  #dropError(entry: WireDecision): boolean {
    if (!isDrop(entry) || entry.source !== addressText(this.#wireAddress)) return false;
    const fate = this.#fates.get(nameOf({ ...entry, direction: entry.direction === 'up' ? 'down' : 'up' }));
    if (!fate?.expected.error) return false;
    this.#extras.dropError(fate, entry);
    return true;
  }

  /** The fate of a packet that was decided before, and is now dropped. */
  #ownOf(entry: WireDecision): Place | undefined {
    const own = isDrop(entry) ? this.#fates.get(nameOf(entry)) : undefined;
    return own && mayGet(own.owner, entry, own.range) ? { sent: own.owner, range: own.range } : undefined;
  }

  #likeEntry(entry: WireDecision): Alike {
    const [source, destination] = [addressNumber(entry.source), addressNumber(entry.destination)];
    const keyed = { source, destination, id: entry.ip_id };
    const own = ownOfEntry(entry);
    const alike = this.#onTheWay.like({ ...keyed, own });
    return alike.sent.size > 0 ? alike : this.#onTheWay.like({ ...keyed, own: undefined });
  }

  #give(place: Place, entry: WireDecision): void {
    const { sent, range } = place;
    const known = sent.fates.find((fate) => isSamePart(fate.range, range));
    this.#flows.learn(sent, range, entry.ip_id);
    if (known) this.#dropLater(known, entry);
    else this.#begin(place, entry);
    this.#onTheWay.update(sent);
    if (this.#strays.length > 0) this.#retryStrays();
    this.#exchanging.mend(sent);
    this.#exchanging.mendOthers(sent);
    this.#settle(sent);
  }

  #dropLater(fate: Fate, entry: WireDecision): void {
    fate.drops.push(entry);
    const other = this.#extras.passAddedOn(fate);
    if (other) this.#onTheWay.update(other);
  }

  #begin(place: Place, entry: WireDecision): void {
    const fate = newFate(place, entry, this.#wireAddress);
    const { sent } = place;
    sent.fates.push(fate);
    this.#fates.set(nameOf(entry), fate);
    if (fate.expected.crc !== undefined) this.#onTheWay.addAltered(sent, fate.expected.crc);
    if (entry.fault === 'reorder') this.#flows.reorder(fate);
    this.#extras.expect(fate);
  }

  /** Whether a fate has no verdict. */
  #isOpen(fate: Fate): boolean {
    return entriesOf(fate).every((entry) => this.#verdicts.awaits(entry));
  }

  /** While captures grow: gives the verdicts of a packet that need nothing more. */
  #settle(sent: Sent): void {
    // What contradicts may still be exchanged.
    if (!this.#onArrival || isMisplaced(sent)) return;
    for (const fate of sent.fates) {
      const { entry } = fate;
      if (entry && this.#verdicts.awaits(entry) && isComplete(sent, fate)) this.#emit(sent, fate, entry);
    }
  }

  /** Gives the verdicts of a packet that was dropped and has not arrived. */
  #settleDrops(sent: Sent, now: number): void {
    const isDue = ({ expected, error, errorDrop }: Fate) =>
      now > sent.frame.time + expected.mayWait + GROWING.lost && (!expected.error || error || errorDrop);
    const isDropped = (fate: Fate) => copiesOf(fate) === 0 && !fate.expected.isUnknown && this.#isOpen(fate);
    if (!sent.fates.some((fate) => isDropped(fate) && isDue(fate))) return;
    // An entry that explains a second arrival may follow.
    if (now < this.#exchanging.latestSurplus(sent) + GROWING.lost) return;
    this.#exchanging.mend(sent);
    this.#exchanging.blame(sent);
    for (const fate of sent.fates.filter((one) => isDropped(one) && isDue(one))) {
      for (const entry of entriesOf(fate)) this.#emit(sent, fate, entry);
    }
  }

  #emit(sent: Sent, fate: Fate, entry: WireDecision): void {
    const reason = this.#excused(sent, fate, judge(sent, fate, entry));
    this.#verdicts.give(entry, matchOf(sent, fate, { entry, reason }));
  }

  /** A packet that a capture lacks proves nothing where the capture was not running or has a gap. */
  #excused(sent: Sent, { expected }: Fate, reason: WireReason): WireReason {
    const receiver = otherThan(sent.from);
    const { time } = sent.frame;
    // With netfilter, the bridge of Docker puts fragments together and drops those of an incomplete datagram.
    if (reason === 'not-arrived' && isFragment(sent.packet)) return 'fragment';
    if (LACKING.includes(reason)) {
      return this.#running.excuseOf(sent.packet, receiver, [time, time + expected.delay]) ?? reason;
    }
    if (reason === 'no-error') {
      return this.#running.excuse(sent.from, time) ?? reason;
    }
    return reason === 'arrived-early' && this.#running.isSetBack ? 'clock-set' : reason;
  }

  #sweep(now: number): void {
    this.#swept = now;
    for (const sent of this.#onTheWay.all) {
      if (this.#isOver(sent, now)) this.#end(sent);
      else if (this.#onArrival) this.#settleDrops(sent, now);
    }
    this.#sought = this.#sought.filter((one) => now < one.time + GRACE || !this.#giveUp(one));
    const isOld = ({ frame }: { frame: IpFrame }) => !(now < frame.time + GRACE);
    const old = this.#strays.filter(isOld);
    if (old.length > 0) {
      this.#strays = this.#strays.filter((one) => !isOld(one));
      const strays = old.filter(({ frame }) => !this.#extras.takeAdded(frame, true));
      this.findings.push(...straysOf(strays, this.#running));
    }
    this.#extras.forgetBefore(now - GRACE);
    this.#verdicts.flush();
  }

  #isOver(sent: Sent, now: number): boolean {
    const { time } = sent.frame;
    const last = sent.arrivals.at(-1)?.frame.time;
    const isSettled = sent.fates.every(
      (fate) => !fate.entry || !this.#verdicts.awaits(fate.entry) || isComplete(sent, fate),
    );
    if (last !== undefined && isSettled && hasAll(sent) && !isMisplaced(sent)) return now > last + GRACE;
    this.#hold(sent);
    const due = Math.max(time, sent.heldUntil) + sent.mayWait;
    return now > due + PATIENCE && this.#running.isKnown(otherThan(sent.from), due);
  }

  /** Nothing more is awaited of a packet: gives all its verdicts, and what became of it. */
  #end(sent: Sent): void {
    this.#exchanging.mend(sent);
    this.#exchanging.mendOthers(sent);
    this.#exchanging.blame(sent);
    this.#onTheWay.remove(sent);
    this.#flows.forget(sent);
    for (const fate of sent.fates) {
      for (const entry of entriesOf(fate)) {
        if (this.#verdicts.awaits(entry)) this.#emit(sent, fate, entry);
      }
      this.#extras.forget(fate);
      for (const entry of entriesOf(fate)) this.#forgetFate(entry, fate);
    }
    this.findings.push(...findings(sent, this.#flows, this.#running));
  }

  #forgetFate(entry: WireDecision, fate: Fate): void {
    const name = nameOf(entry);
    if (this.#fates.get(name) === fate) this.#fates.delete(name);
  }

  /** The sender's capture lacks the packet of an entry. */
  #giveUp({ entry, time }: Sought): true {
    const from = this.#hostAt(entry.source);
    const isBetween = from && entry.destination === addressText(this.#numbers[otherThan(from)]);
    const reason = isBetween
      ? (this.#running.excuseOf({ id: entry.ip_id }, from, [time, time]) ?? 'not-sent')
      : 'other-host';
    const nothing = { received: [], error: undefined, took: undefined, passed: 0 };
    const match = {
      kind: 'decision',
      entry,
      reason,
      from: from ?? 'server',
      sent: undefined,
      ...nothing,
    } as const;
    this.#verdicts.give(entry, match);
    return true;
  }

  #hostAt(address: string): Host | undefined {
    const number = addressNumber(address);
    return (['server', 'client'] as const).find((host) => this.#numbers[host] === number);
  }
}

/** Verdicts for which the capture of the receiver must have been running. */
const LACKING: readonly WireReason[] = ['lost', 'not-arrived', 'dropped-later', 'error-sent'];

/** Whether the latest arrival of a packet repeats one before it. */
function isAgain({ arrivals }: Sent): boolean {
  const latest = arrivals.at(-1)!;
  return arrivals.some((one) => one !== latest && isOf(one, latest));
}

function entriesOf({ entry, drops, errorDrop }: Fate): WireDecision[] {
  return [entry, ...drops, errorDrop].filter((one) => one !== undefined);
}

/** What an entry has in common with others about the same packet. */
function nameOf({ direction, flow, packet }: WireDecision): string {
  return `${direction} ${packet} ${flow}`;
}

function hasAll({ arrivals, length }: Sent): boolean {
  return reachOf(arrivals) >= length;
}

function matchOf(
  sent: Sent,
  fate: Fate,
  { entry, reason }: Pick<WireMatch, 'entry' | 'reason'>,
): Omit<WireMatch, 'seed'> {
  const arrivals = sent.arrivalsOf(fate.range).map(({ frame }) => frame);
  const received = inOrder([...arrivals, ...(fate.added ? [fate.added] : [])]);
  const took = arrivals[0] && arrivals[0].time - sent.frame.time;
  const { error, passed } = fate;
  return {
    kind: 'decision',
    entry,
    reason,
    from: sent.from,
    sent: sent.frame,
    received,
    error,
    took,
    passed,
  };
}

function inOrder(frames: readonly FrameRef[]): FrameRef[] {
  return frames.toSorted((one, other) => one.number - other.number);
}

export function otherThan(host: Host): Host {
  return host === 'server' ? 'client' : 'server';
}
