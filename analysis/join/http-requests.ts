import type { FrameRef } from '#analysis/capture/frames.ts';
import type { HttpEntry } from '#lib/journal/schema.ts';
import { journaledPathOf, pathOf } from '#lib/text/request-path.ts';

/** The status of a request that was refused. Such an entry may be of any page, and names it. */
const REFUSED = '401';
/** The status of what ends before it is a whole request. */
export const BAD = '400';
/** The statuses of what Node refuses before anything looks at its path or its credentials: of that there is no entry. */
const UNREAD: readonly (string | undefined)[] = [BAD, '408', '417', '431'];
/** Interim answers; the final one is still to come. 101 is the last that HTTP says (RFC 9110, 15.2). */
export const INTERIM = /^1(?!01)/;

export interface Answer {
  readonly frame: FrameRef;
  readonly code: string;
  /** Where its frame begins and ends in what the server sends. */
  readonly from: number;
  readonly to: number;
}

export interface Request {
  /** Which one of those in the capture it is, from 1. */
  readonly number: number;
  frame: FrameRef;
  /** Empty while it is not told yet: it is with its last byte, that of its body, and may be answered before. */
  what: string;
  /** Its answer begins here or behind: the client had all of the server's bytes before this one when it asked. */
  ack: number;
  entry?: HttpEntry;
  answer?: Answer;
  /** Where it ends before it is whole, 400 follows what it was answered with. */
  bad?: Answer;
}

/** Whether the journal speaks of it. A query string is no other page, and a proxy's client names the server too. */
function isJournaled(what: string): boolean {
  if (!what.startsWith('GET ')) return false;
  const target = what.slice('GET '.length);
  // The server takes a path as it is.
  return target.startsWith('/') ? /^\/getbalance([?#]|$)/.test(target) : pathOf(target) === '/getbalance';
}

/** Whether its entry and its answer are told of. */
export function isSettled({ entry, answer }: Request): boolean {
  return entry !== undefined && answer !== undefined;
}

/** Whether an entry is to speak of it that has not come. */
export function isAwaited({ entry, what, answer }: Request): boolean {
  return !entry && isJournaled(what) && !UNREAD.includes(answer?.code);
}

/** Whether its answer can't begin at a sequence number: it had more than all before when it asked, or its answer. */
export function isBesides({ ack, answer }: Request, at: number): boolean {
  return ((ack - at) | 0) > 0 || (answer !== undefined && ((answer.to - at) | 0) <= 0);
}

/** Whether no entry is to come of a request that was answered. */
export function isOver({ what, answer }: Request): boolean {
  return what !== '' && !isJournaled(what) && answer?.code !== REFUSED;
}

/** Whether a request, `GET /getbalance`, can be the one that an entry is of. */
export function isAbout({ outcome, path }: HttpEntry, what: string): boolean {
  if (what === '') return true;
  if (outcome !== REFUSED || path === undefined) return isJournaled(what);
  return journaledPathOf(what.slice(what.indexOf(' ') + 1)) === path;
}
