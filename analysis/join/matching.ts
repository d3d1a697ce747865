import type { Frame } from '#analysis/capture/frames.ts';
import type { Seen } from '#analysis/capture/seen.ts';
import { clientOf, deciderOf, isEvent, isHandshake, timeOf } from '#lib/journal/entries.ts';
import type { ActiveProfile, ActiveProfiles } from '#lib/journal/run.ts';
import type { Entry, EventEntry } from '#lib/journal/schema.ts';
import { Clock } from './clock.ts';
import { Conversations, isBefore } from './conversations.ts';
import type { Found, HandshakeMatch, Match, Unjournaled } from './finding.ts';
import { MILLISECOND, STEP } from './times.ts';

export interface MatchingParts {
  readonly frames: AsyncIterable<readonly Frame[]>;
  readonly entries: AsyncIterator<Entry>;
  /** Filled while the frames are read. */
  readonly seen: Seen;
  readonly activeProfiles: ActiveProfiles;
  /** Entries of other clients are of no frame in this capture. */
  readonly onlyClient?: string | undefined;
  /** Whether a journal speaks of a frame, or would. */
  readonly isJournaled: (frame: Frame) => boolean;
  /** Whether frames are findings too. */
  readonly withFrames?: boolean | undefined;
}

/** A decision with its frames, and what decided the faults then. */
export interface MatchUnder extends Match {
  readonly active: ActiveProfile | undefined;
}

export type MatchFinding =
  | MatchUnder
  | HandshakeMatch
  | Unjournaled
  /** An event of the journal, at its time; and what decided the faults of UDP then. */
  | { readonly kind: 'event'; readonly event: EventEntry; readonly active: ActiveProfile | undefined }
  /** A frame of a server, behind the entries before it. */
  | { readonly kind: 'frame'; readonly frame: Frame };

/**
 * Matches each entry of the journals with its frames. Both are read once, in the order of time, and what is matched is
 * let go of: the memory that it takes depends on what is open at once, not on how much there is.
 */
export async function* matches(parts: MatchingParts): AsyncGenerator<MatchFinding> {
  const { frames, entries, seen } = parts;
  const matching = new Matching(parts);
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
  matching.finish(seen.last);
  yield* matching.findings;
}

class Matching {
  readonly clock = new Clock();
  readonly conversations: Conversations;
  readonly findings: MatchFinding[] = [];
  readonly #parts: MatchingParts;
  /** An entry is matched later than it was read, under what may be another active. */
  readonly #activeOf = new WeakMap<Entry, ActiveProfile>();
  /** Datagrams that the server did not take and that its journal counts, less those that were found. */
  readonly #untaken = { overflow: 0, dropped: 0 };

  constructor(parts: MatchingParts) {
    const { seen, activeProfiles } = parts;
    this.#parts = parts;
    this.conversations = new Conversations({
      seen,
      emit: (found) => this.#find(found),
      decided() {
        const { profile, of } = activeProfiles.of('echo-udp') ?? {};
        return profile !== 'none' && of !== 'messages';
      },
      untaken: () => this.#whyUntaken(),
    });
  }

  /** When the frame before was, where the clock was set back in between. */
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

  /** Whether an entry is before a frame; what was decided before the clock was set back waits for no frame of that time. */
  isDue(entry: Entry, { time }: Frame, before: number): boolean {
    const decided = timeOf(entry);
    if (decided + MILLISECOND <= time) return true;
    return decided > time && decided <= before + STEP && this.conversations.awaits(entry);
  }

  /** Takes the next entry: all frames before it have been taken. */
  read(entry: Entry): void {
    const { activeProfiles, onlyClient } = this.#parts;
    activeProfiles.advance(entry);
    if (isEvent(entry)) this.#readEvent(entry);
    else {
      const active = activeProfiles.of(deciderOf(entry));
      if (active) this.#activeOf.set(entry, active);
      const isOther =
        onlyClient !== undefined && clientOf(entry) !== undefined && entry.client_ip !== onlyClient;
      if (!isOther) this.conversations.decide(entry);
    }
  }

  finish(until: number): void {
    this.conversations.finish(until);
    for (const match of this.clock.finish()) this.#tell(match);
    this.#parts.seen.clock = this.clock.sentence;
  }

  #readEvent(event: EventEntry): void {
    const { activeProfiles, onlyClient } = this.#parts;
    this.findings.push({ kind: 'event', event, active: activeProfiles.of('echo-udp') });
    if (event.event === 'overflow' || event.event === 'dropped')
      this.#untaken[event.event] += event.datagrams;
    else if (event.event === 'sent') this.conversations.sent(event);
    else if (isHandshake(event)) {
      // One without an address may be of this client.
      if (onlyClient === undefined || (event.client_ip ?? onlyClient) === onlyClient)
        this.conversations.fail(event);
    }
  }

  #whyUntaken(): Unjournaled['why'] {
    const why = (['overflow', 'dropped'] as const).find((one) => this.#untaken[one] > 0);
    if (why) this.#untaken[why] -= 1;
    return why;
  }

  #find(found: Found): void {
    if (found.kind === 'match' || found.kind === 'handshake') {
      for (const match of this.clock.pass(this.#placed(found))) this.#tell(match);
    } else if (!this.conversations.isUnplaced) this.findings.push(found);
  }

  #tell(match: Match | HandshakeMatch): void {
    const { kind } = match;
    this.findings.push(kind === 'match' ? { ...match, active: this.#activeOf.get(match.entry) } : match);
  }

  /** An entry without frames is no contradiction where the capture was not running; one without an address stays just that. */
  #placed<Kind extends Match | HandshakeMatch>(match: Kind): Kind {
    const { entry, request, answer, verdict } = match;
    const { seen } = this.#parts;
    const isOutside = isBefore(entry, seen) || !(timeOf(entry) <= seen.last);
    const isLocated = verdict !== 'unplaced' && verdict !== 'nameless';
    const isNowhere = request.length + answer.length === 0 && isLocated;
    return isNowhere && isOutside ? { ...match, verdict: 'outside' } : match;
  }
}
