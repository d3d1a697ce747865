import type { FrameRef } from '#analysis/capture/frames.ts';
import type { IpFrame } from '#analysis/capture/read-ip.ts';
import type { WireDecision } from '#lib/journal/wire-schema.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { Packet } from '#lib/packet/packet.ts';
import type { Expected } from './expected.ts';
import { lengthOf, type Range } from './place.ts';

/** A packet, or a part of one, in the capture of its receiver. */
export interface Arrival extends Range {
  readonly frame: FrameRef;
  /** Whether the payload is the same as it was sent, as far as both were captured. */
  readonly isSame: boolean;
  /** Bytes were not captured, so `isSame` says little. */
  readonly isTruncated: boolean;
  /** CRC-32 of the payload as it arrived. */
  readonly crc: string;
  readonly packet: Packet;
  /** A packet of the same flow that was sent later has arrived before it. */
  readonly isOvertaken: boolean;
}

/** What the wire decided for one packet: the first entry, and those that dropped it or its copies later. */
export interface Fate {
  /** The packet that the entries are about. Identical packets may exchange their fates. */
  owner: Sent;
  readonly range: Range;
  readonly entry: WireDecision | undefined;
  readonly drops: WireDecision[];
  readonly expected: Expected;
  /** The RST that was added, and the ICMP error that was sent back. */
  added: FrameRef | undefined;
  error: FrameRef | undefined;
  /** The entry that the wire dropped the ICMP error. */
  errorDrop: WireDecision | undefined;
  /** How many packets of its flow that were sent later have arrived before it. */
  passed: number;
}

/** Whether all bytes of an arrival belong to a part, or the arrival has all of it. */
export function isOf({ from, to }: Range, part: Range): boolean {
  return (from <= part.from && to >= part.to) || (from >= part.from && to <= part.to);
}

/** An IP packet in the capture of its sender. One frame of TCP may be cut into several segments on the way. */
export class Sent {
  readonly from: Host;
  readonly frame: FrameRef;
  readonly packet: Packet;
  readonly captured: number;
  /** Its number among all packets of its sender. */
  readonly order: number;
  readonly length: number;
  readonly arrivals: Arrival[] = [];
  readonly fates: Fate[] = [];
  /** Until when the queue of its direction held packets since it was sent. */
  heldUntil = 0;

  constructor(from: Host, { number, time, packet, captured }: IpFrame, order: number) {
    this.from = from;
    this.frame = { number, time };
    this.packet = packet;
    this.captured = captured;
    this.order = order;
    this.length = Math.max(1, lengthOf(packet));
  }

  /** Those of a part, in the order of time. */
  arrivalsOf(part: Range): readonly Arrival[] {
    return this.arrivals.length === 0 ? [] : this.arrivals.filter((one) => isOf(one, part));
  }

  /** How much later than usual it may arrive by what was decided, in seconds. */
  get mayWait(): number {
    return this.fates.reduce((most, { expected }) => Math.max(most, expected.mayWait), 0);
  }

  /** How late its arrival is due, in seconds. */
  get delay(): number {
    return this.fates[0]?.expected.delay ?? 0;
  }
}
