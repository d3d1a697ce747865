import type { FrameRef } from '#analysis/capture/frames.ts';
import type { HandshakeEvent } from '#lib/journal/entries.ts';
import type { Decision } from '#lib/journal/schema.ts';
import type { ServerName, Transport } from '#lib/lab/ports.ts';
import type { Verdict } from './verdicts.ts';

/** An entry, what the packets do to it, and its frames. */
interface Matched<Entry> {
  readonly entry: Entry;
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

/** A decision in a journal with its frames. */
export interface Match extends Matched<Decision> {
  readonly kind: 'match';
}

/** A TLS handshake that failed, with the frames of its connection: those of the client, and those of the server. */
export interface HandshakeMatch extends Matched<HandshakeEvent> {
  readonly kind: 'handshake';
}

/** Packets of which no entry speaks. */
export interface Unjournaled {
  /** `unread` is a datagram that the server has not taken, as many as its journal says. */
  readonly kind: 'unjournaled' | 'unread';
  readonly server: ServerName;
  readonly transport: Transport;
  readonly client: string;
  readonly from: 'client' | 'server';
  readonly frames: readonly FrameRef[];
  /** What they carry, such as `12 bytes` or `GET /getbalance`. */
  readonly what: string;
  /** Why a datagram is unread: the buffer of the socket was full, or too many waited for their answers. */
  readonly why?: 'overflow' | 'dropped' | undefined;
}

export type Found = Match | HandshakeMatch | Unjournaled;

/** Takes what is found. */
export type Emit = (found: Found) => void;

/** An entry of which the capture has no frame. */
export function nowhere(entry: Decision, verdict: Verdict): Match {
  return { kind: 'match', entry, verdict, request: [], answer: [], shows: undefined };
}
