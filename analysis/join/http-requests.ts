import type { FrameRef } from '#analysis/capture/frames.ts';
import type { HttpEntry } from '#lib/journal/schema.ts';
import { journaledPathOf, pathOf } from '#lib/text/request-path.ts';

/** The status of a refused request. Its entry has the path, which may be any. */
const REFUSED = '401';
/** The status of an incomplete request. */
export const BAD = '400';
/** The statuses of requests that Node refuses before the server sees them: they have no entry. */
const UNREAD: readonly (string | undefined)[] = [BAD, '408', '417', '431'];
/** Interim answers, before the final one. After 101 the connection is no longer HTTP (RFC 9110, 15.2). */
export const INTERIM = /^1(?!01)/;

export interface Answer {
  readonly frame: FrameRef;
  readonly code: string;
  /** Sequence numbers of the begin and the end of its frame. */
  readonly from: number;
  readonly to: number;
}

export interface Request {
  /** Its number among the requests in the capture, from 1. */
  readonly number: number;
  frame: FrameRef;
  /** As `GET /getbalance`. Empty while it is incomplete; it may be answered before its last byte. */
  what: string;
  /** The client had acknowledged the server's bytes before this one when it asked: its answer begins here or later. */
  ack: number;
  entry?: HttpEntry;
  answer?: Answer;
  /** The 400 that follows its answer if it stays incomplete. */
  bad?: Answer;
}

/** Whether a request has a journal entry. A query string changes nothing; a proxy's client names the server too. */
function isJournaled(what: string): boolean {
  if (!what.startsWith('GET ')) return false;
  const target = what.slice('GET '.length);
  // The server compares the path without decoding it.
  return target.startsWith('/') ? /^\/getbalance([?#]|$)/.test(target) : pathOf(target) === '/getbalance';
}

/** Whether both its entry and its answer are known. */
export function isSettled({ entry, answer }: Request): boolean {
  return entry !== undefined && answer !== undefined;
}

/** Whether its entry is still expected. */
export function isAwaited({ entry, what, answer }: Request): boolean {
  return !entry && isJournaled(what) && !UNREAD.includes(answer?.code);
}

/** Whether its answer can't begin at a sequence number: that was acknowledged before, or its answer has ended. */
export function isBesides({ ack, answer }: Request, at: number): boolean {
  return ((ack - at) | 0) > 0 || (answer !== undefined && ((answer.to - at) | 0) <= 0);
}

/** Whether a request was answered and has no entry. */
export function isOver({ what, answer }: Request): boolean {
  return what !== '' && !isJournaled(what) && answer?.code !== REFUSED;
}

/** Whether a request, `GET /getbalance`, may belong to an entry. */
export function isAbout({ outcome, path }: HttpEntry, what: string): boolean {
  if (what === '') return true;
  if (outcome !== REFUSED || path === undefined) return isJournaled(what);
  return journaledPathOf(what.slice(what.indexOf(' ') + 1)) === path;
}
