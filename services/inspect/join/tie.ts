import type { Decision, HandshakeEvent } from '../entries.ts';
import type { Frame, ServerName, Transport } from '../frames.ts';

/** A frame of the capture: its number, and its time in seconds since 1970. */
export interface FrameRef {
  readonly number: number;
  readonly time: number;
}

/**
 * What the packets say of an entry. With the first six they bear it out; the others are what could not be tied, and of
 * what is encrypted nobody can say.
 */
export const verdicts = {
  answered: 'what was decided left',
  came: 'it came, and what was decided happened behind the capture',
  silent: 'nothing was to leave, and nothing did',
  gone: 'nothing could leave: the connection had been reset, or the server had closed it',
  open: 'nothing has left when the capture ends',
  failed: 'its connection is there, whose TLS handshake failed',
  different: 'what left is not what was decided',
  unanswered: 'what was decided is not in the capture',
  lost: 'the request is not in the capture',
  absent: 'its connection is not in the capture',
  nameless: 'the journal has no address of its client',
  outside: 'the capture was not running then',
  encrypted: 'it went over TLS, and there are no keys to read it',
} as const;
export type Verdict = keyof typeof verdicts;

const borneOut: ReadonlySet<Verdict> = new Set(['answered', 'came', 'silent', 'gone', 'open', 'failed']);

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

/** Whether the packets bear an entry out. */
export function isTied({ verdict }: Pick<Tie, 'verdict'>): boolean {
  return borneOut.has(verdict);
}

/** Whether the packets do not bear an entry out, though they can be read. */
export function isMissed(tie: Pick<Tie, 'verdict'>): boolean {
  return !isTied(tie) && tie.verdict !== 'encrypted';
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

export function refOf({ number, time }: Frame): FrameRef {
  return { number, time };
}
