import type { FrameRef } from '#analysis/capture/frames.ts';
import type { Talk } from '#analysis/capture/truncated-frames.ts';
import type { HandshakeEvent } from '#lib/journal/entries.ts';
import type { Decision } from '#lib/journal/schema.ts';
import type { Reason } from './verdicts.ts';

/** A journal entry with its frames. */
interface Matched<Entry> {
  readonly entry: Entry;
  /** Why its verdict is what it is. */
  readonly reason: Reason;
  /** Frames that carried the request, in order. */
  readonly request: readonly FrameRef[];
  /** Frames that carried the response, in order. */
  readonly response: readonly FrameRef[];
  /** The frame that ended the connection, where that is why nothing was sent. */
  readonly end?: FrameRef | undefined;
  /** The frame in which a person sees the decision; undefined without one. */
  readonly shows: number | undefined;
  /** Seconds from the request to the response. */
  readonly took?: number | undefined;
}

/** A decision with its frames. */
export interface Match extends Matched<Decision> {
  readonly kind: 'match';
}

/** A failed TLS handshake with the frames of its connection, as requests those of the client. */
export interface HandshakeMatch extends Matched<HandshakeEvent> {
  readonly kind: 'handshake';
}

/** Packets without a journal entry. */
export interface Unjournaled extends Talk {
  /**
   * `unread` is a datagram that the server never read; its journal counts them. `added` are copies of segments that the wire
   * made, so no message reached the server.
   */
  readonly kind: 'unjournaled' | 'unread' | 'added';
  readonly from: 'client' | 'server';
  readonly frames: readonly FrameRef[];
  /** Their content, such as `12 bytes` or `GET /getbalance`. */
  readonly what: string;
  /** Why a datagram is unread: the socket's buffer was full, or too many datagrams waited for an answer. */
  readonly why?: 'overflow' | 'dropped' | undefined;
}

export type Found = Match | HandshakeMatch | Unjournaled;

/** Receives each finding. */
export type Emit = (found: Found) => void;

/** Frames of an entry; a person sees the decision in `shown`. */
export interface MatchFrames extends Partial<Pick<Match, 'request' | 'response' | 'end'>> {
  readonly shown?: FrameRef | undefined;
}

/** Matches an entry with its frames. By default the first frame of the response shows it, else the last of the request. */
export function matchOf(
  entry: Decision,
  reason: Reason,
  { request = [], response = [], end, shown = response[0] ?? request.at(-1) }: MatchFrames = {},
): Match {
  const [asked, answered] = [request.at(-1), response[0]];
  const took = asked && answered ? answered.time - asked.time : undefined;
  return { kind: 'match', entry, reason, request, response, end, shows: shown?.number, took };
}
