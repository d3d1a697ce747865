import type { Talk } from '#analysis/capture/cut-frames.ts';
import type { FrameRef } from '#analysis/capture/frames.ts';
import type { HandshakeEvent } from '#lib/journal/entries.ts';
import type { Decision } from '#lib/journal/schema.ts';
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
  readonly end?: FrameRef | undefined;
  /** The frame in which a person sees the decision; undefined when there is none of it. */
  readonly shows: number | undefined;
  /** Seconds from the request to the answer. */
  readonly took?: number | undefined;
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
export interface Unjournaled extends Talk {
  /** `unread` is a datagram that the server has not taken, as many as its journal says. */
  readonly kind: 'unjournaled' | 'unread';
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

/** Frames of an entry; `shown` is the one in which a person sees it. */
export interface MatchFrames extends Partial<Pick<Match, 'request' | 'answer' | 'end'>> {
  readonly shown?: FrameRef | undefined;
}

/** An entry with its frames. A person sees it in the first of its answer, without one in the last of what came. */
export function matchOf(
  entry: Decision,
  verdict: Verdict,
  { request = [], answer = [], end, shown = answer[0] ?? request.at(-1) }: MatchFrames = {},
): Match {
  const [asked, left] = [request.at(-1), answer[0]];
  const took = asked && left ? left.time - asked.time : undefined;
  return { kind: 'match', entry, verdict, request, answer, end, shows: shown?.number, took };
}
