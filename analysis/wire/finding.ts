import type { FrameRef } from '#analysis/capture/frames.ts';
import type { WireDecision, WireEvent } from '#lib/journal/wire-schema.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { Packet } from '#lib/packet/packet.ts';
import type { WireReason } from './reasons.ts';

/** A decision of the wire with its frames in both captures. */
export interface WireMatch {
  readonly kind: 'decision';
  readonly entry: WireDecision;
  readonly reason: WireReason;
  /** The seed from which it was drawn; undefined when no entry before it has one. */
  readonly seed: string | undefined;
  /** The host that sent the packet. */
  readonly from: Host;
  /** The frame with the packet in the capture of its sender. A large frame may have several packets. */
  readonly sent: FrameRef | undefined;
  /** Its frames in the capture of its receiver, in order; with the RST that the wire added. */
  readonly received: readonly FrameRef[];
  /** The ICMP error in the capture of the sender. */
  readonly error: FrameRef | undefined;
  /** Seconds from the frame of the sender to the first one of the receiver. */
  readonly took: number | undefined;
  /** How many packets of its flow that were sent later have arrived before it. */
  readonly passed: number;
}

/** What became of a packet between the hosts. */
export type Fortune = 'arrived' | 'altered' | 'lost' | 'unknown' | 'twice' | 'stray';

/** One packet, or several that a capture has as one frame. */
export interface WirePacket {
  readonly kind: 'packet';
  /** `stray`: the receiver has it, and the sender never sent it. `twice`: it arrived once more than it was sent. */
  readonly fortune: Fortune;
  readonly packets: number;
  /** It is all that the frame of the sender has. */
  readonly isWhole: boolean;
  readonly from: Host;
  readonly frame: number | undefined;
  readonly arrivedAs: number | undefined;
  /** When it was sent, in seconds since 1970. A stray one was not sent: when it arrived. */
  readonly time: number;
  readonly packet: Packet;
  /** Source, destination, protocol and bytes of payload. */
  readonly info: string;
  readonly took: number | undefined;
  /** It arrived after a packet of its flow that was sent later. */
  readonly isOvertaken: boolean;
  /** The entry that explains this; undefined without one. */
  readonly entry: WireDecision | undefined;
  /** The packet waited while the wire's queue held others. */
  readonly hasQueued: boolean;
}

/** A frame of a sender, in the order of sending. */
export interface WireSent {
  readonly kind: 'sent';
  readonly from: Host;
  readonly frame: FrameRef;
  readonly packet: Packet;
}

export type WireFinding =
  | WireSent
  | WireMatch
  | WirePacket
  | { readonly kind: 'event'; readonly event: WireEvent }
  /** The end of both captures. */
  | { readonly kind: 'end'; readonly cut: readonly string[]; readonly without: readonly Host[] };
