import type { Host } from '#lib/lab/hosts.ts';

/*
 * The facts of large TCP flows. Times are seconds since the first packet of the connection, frames are numbers in the
 * capture of the sender, and positions are bytes of the stream. Lists of points are thinned: a point
 * has the extremes of one step of time.
 */

/** Why a segment was retransmitted, as far as the packets show it. */
export const causes = ['fast', 'timeout', 'tail-probe', 'unclear'] as const;
export type Cause = (typeof causes)[number];

export interface Retransmission {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly cause: Cause;
  readonly frame: number;
}

export type Stretch = readonly [at: number, from: number, to: number];

/** What the kernel of the sender knew, from flow.log: bytes and milliseconds. */
export interface WindowSample {
  readonly at: number;
  readonly cwnd: number;
  readonly ssthresh?: number | undefined;
  readonly rtt?: number | undefined;
}

/** What waited for the link of the wire, in the direction of the data. */
export interface QueueSample {
  readonly at: number;
  readonly packets: number;
  /** Packets that found no room since the last sample. */
  readonly dropped: number;
}

/** One packet of the detail: a segment, or an ACK with its position and the SACK blocks that are new. */
export type DetailEvent =
  | { readonly at: number; readonly kind: 'sent'; readonly from: number; readonly to: number }
  | ({ readonly kind: 'again' } & Retransmission)
  | {
      readonly at: number;
      readonly kind: 'ack';
      readonly position: number;
      readonly duplicate: boolean;
      readonly sacked: readonly Range[];
    };

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One direction of a connection, as the sender's capture shows it. */
export interface FlowSeries {
  readonly sent: readonly Stretch[];
  readonly acked: readonly (readonly [at: number, position: number])[];
  readonly sacked: readonly Stretch[];
  readonly retransmitted: readonly Retransmission[];
  /** Bytes that were sent and that no ACK or SACK block covers yet. */
  readonly flight: readonly (readonly [at: number, bytes: number])[];
  /** Round trips in milliseconds, of segments that were sent once. */
  readonly trips: readonly (readonly [at: number, shortest: number, longest: number])[];
  /** Acknowledged bits per second, in steps of `step` seconds. */
  readonly throughput: { readonly step: number; readonly bits: readonly number[] };
  /** The packets around the first retransmission, none left out. */
  readonly detail: readonly DetailEvent[];
}

export interface FlowCounts {
  readonly seconds: number;
  readonly bytes: number;
  /** Frames with data. A capture on the sender can have several segments in one frame. */
  readonly frames: number;
  /** Segments, as TCP counts them. */
  readonly retransmissions: Readonly<Record<Cause, number>>;
  readonly retransmittedBytes: number;
  /** Frames with retransmitted data: offload makes one frame of several segments. */
  readonly retransmittedFrames: number;
  readonly duplicateAcks: number;
  /** Retransmissions that the receiver reports as needless (D-SACK). */
  readonly needless: number;
  /** Milliseconds. */
  readonly roundTrip: { readonly shortest: number; readonly longest: number } | undefined;
}

export interface FlowFacts extends FlowCounts, FlowSeries {
  /** The host that sends the data, whose capture this is. */
  readonly sender: Host;
  readonly client: string;
  readonly server: string;
  readonly began: string;
  readonly firstFrame: number;
  readonly lastFrame: number;
  /** From flow.log, if `make flow` sent it. */
  readonly flow?: string | undefined;
  readonly congestion?: string | undefined;
  readonly window: readonly WindowSample[];
  /** Empty without a wire that has a rate. */
  readonly queue: readonly QueueSample[];
}
