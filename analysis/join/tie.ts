import type { FrameRef } from '#analysis/capture/frames.ts';
import type { HandshakeEvent } from '#lib/journal/entries.ts';
import type { Decision } from '#lib/journal/schema.ts';
import type { ServerName, Transport } from '#lib/lab/ports.ts';
import type { Verdict } from './verdicts.ts';

/** A decision in a journal with its frames. */
export interface Tie {
  readonly entry: Decision;
  readonly verdict: Verdict;
  /** Frames that carried what came, in order. */
  readonly request: readonly FrameRef[];
  /** Frames that carried what left, in order. */
  readonly answer: readonly FrameRef[];
  /** The frame that ended the connection, where that is why nothing left. */
  readonly end?: FrameRef;
  /** The frame in which a person sees the decision; undefined when there is none of it. */
  readonly shows: number | undefined;
  /** Seconds from the request to the answer. */
  readonly took?: number;
}

/** A TLS handshake that failed, with the frames of its connection: those of the client, and those of the server. */
export interface HandshakeTie extends Omit<Tie, 'entry'> {
  readonly entry: HandshakeEvent;
}

/** Packets of which no journal speaks. */
export interface Loose {
  readonly server: ServerName;
  readonly transport: Transport;
  readonly client: string;
  readonly from: 'client' | 'server';
  readonly frames: readonly FrameRef[];
  /** What they carry, such as `12 bytes` or `GET /getbalance`. */
  readonly what: string;
}

/** Takes what is found. */
export interface Found {
  tie(tie: Tie): void;
  loose(loose: Loose): void;
}
