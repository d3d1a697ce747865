import type { Frame, FrameRef } from '#analysis/capture/frames.ts';
import type { Seen } from '#analysis/capture/seen.ts';
import { clientOf, deciderOf, isEvent, isHandshake, timeOf } from '#lib/journal/entries.ts';
import type { ActiveProfile, ActiveProfiles } from '#lib/journal/run.ts';
import type { Decision, Entry, EventEntry } from '#lib/journal/schema.ts';
import { Clock } from './clock.ts';
import { Conversations, isBefore } from './conversations.ts';
import type { Found, HandshakeMatch, Match, Unjournaled } from './finding.ts';
import { MILLISECOND, STEP } from './times.ts';

export interface MatchingParts {
  /** Filled while the frames are read. */
  readonly seen: Seen;
  readonly activeProfiles: ActiveProfiles;
  /** The capture has frames of this client alone; entries of others are skipped. */
  readonly onlyClient?: string | undefined;
  /** Whether a frame has a journal entry. */
  readonly isJournaled: (frame: Frame) => boolean;
  /** Whether the frames of an entry are certain. */
  readonly isSure?: ((entry: Decision) => boolean) | undefined;
  /** Whether frames are findings too, and decisions that wait for an answer. */
  readonly withFrames?: boolean | undefined;
  readonly withOpen?: boolean | undefined;
}

/** A decision with its frames and the fault profile that was active. */
export interface MatchUnder extends Match {
  readonly active: ActiveProfile | undefined;
}

export type MatchFinding =
  | MatchUnder
  | HandshakeMatch
  | Unjournaled
  /** An event of the journal, and the active profile of echo over UDP. */
  | { readonly kind: 'event'; readonly event: EventEntry; readonly active: ActiveProfile | undefined }
  /** A frame of a server, after the entries before it. */
  | { readonly kind: 'frame'; readonly frame: Frame }
  | Open;

/** A decision whose answer is still to be sent, and the last frame of the request. Its match follows. */
export interface Open {
  readonly kind: 'open';
  readonly entry: Decision;
  readonly request: FrameRef;
  readonly active: ActiveProfile | undefined;
}

/** Matches each entry of the journals with its frames. Both are read once, in the order of time. */
export async function* matches(
  matching: Matching,
  frames: AsyncIterable<readonly Frame[]>,
  entries: AsyncIterator<Entry>,
): AsyncGenerator<MatchFinding> {
  let next = await entries.next();
  for await (const batch of frames) {
    for (const frame of batch) {
      const before = matching.timeBefore(frame);
      while (!next.done && matching.isDue(next.value, frame, before)) {
        matching.read(next.value);
        next = await entries.next();
      }
      matching.take(frame);
    }
    yield* matching.findings.splice(0);
  }
  for (; !next.done; next = await entries.next()) {
    matching.read(next.value);
    yield* matching.findings.splice(0);
  }
  matching.finish();
  yield* matching.findings;
}

/**
 * Takes frames and entries in the order of time. Matched entries and frames are dropped, so memory depends on what is
 * open at once, not on the length of the run.
 */
export class Matching {
  readonly clock: Clock;
  readonly conversations: Conversations;
  readonly findings: MatchFinding[] = [];
  readonly #parts: MatchingParts;
  /** An entry may be matched after the profile has changed, so its own is kept. */
  readonly #activeOf = new WeakMap<Entry, ActiveProfile>();
  /** How many unread datagrams the journal counts that are not found yet. */
  readonly #unread = { overflow: 0, dropped: 0 };

  constructor(parts: MatchingParts) {
    const { seen, activeProfiles, isSure } = parts;
    this.#parts = parts;
    this.clock = new Clock(isSure);
    this.conversations = new Conversations({
      seen,
      emit: (found) => this.#find(found),
      journalsTransfers() {
        const { profile, of } = activeProfiles.of('echo-udp') ?? {};
        return profile !== 'none' && of !== 'messages';
      },
      whyUnread: () => this.#whyUnread(),
    });
  }

  /** The time of the frame before if the clock was set back in between, else -Infinity. */
  timeBefore(frame: Frame): number {
    const before = this.clock.frame(frame) ?? Number.NEGATIVE_INFINITY;
    if (before > frame.time) this.conversations.setBack();
    return before;
  }

  take(frame: Frame): void {
    const { withFrames, isJournaled } = this.#parts;
    if (withFrames) this.findings.push({ kind: 'frame', frame });
    if (isJournaled(frame)) this.conversations.take(frame);
  }

  /** Whether an entry is before a frame. If the clock was set back, later times may be before it too. */
  isDue(entry: Entry, { time }: Frame, before: number): boolean {
    const decided = timeOf(entry);
    if (decided + MILLISECOND <= time) return true;
    return decided > time && decided <= before + STEP && this.conversations.awaits(entry);
  }

  /** Takes the next entry, after all frames before it. */
  read(entry: Entry): void {
    const { activeProfiles, onlyClient, withOpen } = this.#parts;
    activeProfiles.advance(entry);
    if (isEvent(entry)) this.#readEvent(entry);
    else {
      const active = activeProfiles.of(deciderOf(entry));
      if (active) this.#activeOf.set(entry, active);
      const isOther =
        onlyClient !== undefined && clientOf(entry) !== undefined && entry.client_ip !== onlyClient;
      if (isOther) return;
      this.conversations.decide(entry);
      const request = withOpen ? this.conversations.frameOf(entry) : undefined;
      if (request) this.findings.push({ kind: 'open', entry, request, active });
    }
  }

  /** While the capture grows: all frames and entries up to this time have been taken, in seconds since 1970. */
  moveTo(now: number): void {
    const { seen } = this.#parts;
    if (now > seen.last) seen.last = now;
    this.conversations.moveTo(now);
    for (const match of this.clock.moveTo(now)) this.#push(match);
  }

  finish(): void {
    const { seen } = this.#parts;
    this.conversations.finish(seen.last);
    for (const match of this.clock.finish()) this.#push(match);
    seen.clock = this.clock.sentence;
  }

  #readEvent(event: EventEntry): void {
    const { activeProfiles, onlyClient } = this.#parts;
    this.findings.push({ kind: 'event', event, active: activeProfiles.of('echo-udp') });
    if (event.event === 'overflow' || event.event === 'dropped') this.#unread[event.event] += event.datagrams;
    else if (event.event === 'sent') this.conversations.sent(event);
    else if (isHandshake(event)) {
      // A handshake without an address may be this client's.
      if (onlyClient === undefined || (event.client_ip ?? onlyClient) === onlyClient)
        this.conversations.fail(event);
    }
  }

  #whyUnread(): Unjournaled['why'] {
    const why = (['overflow', 'dropped'] as const).find((one) => this.#unread[one] > 0);
    if (why) this.#unread[why] -= 1;
    return why;
  }

  #find(found: Found): void {
    if (found.kind === 'match' || found.kind === 'handshake') {
      for (const match of this.clock.pass(this.#placed(found))) this.#push(match);
    } else if (!this.conversations.isWithoutOffsets) this.findings.push(found);
  }

  #push(match: Match | HandshakeMatch): void {
    const { kind } = match;
    this.findings.push(kind === 'match' ? { ...match, active: this.#activeOf.get(match.entry) } : match);
  }

  /** An entry without frames is no contradiction if the capture was not running then. */
  #placed<Kind extends Match | HandshakeMatch>(match: Kind): Kind {
    const { entry, request, response, reason } = match;
    const { seen } = this.#parts;
    const isOutside = isBefore(entry, seen) || !(timeOf(entry) <= seen.last);
    const isLocated = reason !== 'no-offsets' && reason !== 'no-address';
    const isNowhere = request.length + response.length === 0 && isLocated;
    return isNowhere && isOutside ? { ...match, reason: 'before-capture' } : match;
  }
}
