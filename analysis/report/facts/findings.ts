import type { Row } from '#analysis/capture/columns.ts';
import type { Demo } from '#analysis/experiments/results.ts';
import { describeDecision, describeFailure } from '#analysis/join/describe.ts';
import type { HandshakeMatch, Match, Unjournaled } from '#analysis/join/finding.ts';
import { FrameComments } from '#analysis/join/frame-comments.ts';
import type { Finding } from '#analysis/join/join.ts';
import type { Listener } from '#analysis/join/listen.ts';
import type { MatchUnder } from '#analysis/join/matching.ts';
import { type Reason, type Verdict, verdictOf } from '#analysis/join/verdicts.ts';
import { clientOf, deciderOf, isHttp, isRefused, lostDatagrams, timeOf } from '#lib/journal/entries.ts';
import type { Run } from '#lib/journal/run.ts';
import { ExposedFacts } from './exposed-facts.ts';
import type { DecisionPoint, Delay, MatchingFacts, Report } from './facts.ts';
import { Ladders } from './ladders.ts';
import { LostPackets } from './lost-packets.ts';
import { outcomeOf, Periods } from './periods.ts';
import { TransferPlots } from './transfer-plots.ts';

/** The most items of each list in a report. All are counted. */
const DECISIONS = 5_000;
const DELAYS = 2_000;
const UNMATCHED = 100;

type Unconfirmed = MatchingFacts['entries'][number];

/** Collects the facts of a report from the server's capture and the journals. */
export class Findings implements Listener {
  readonly wants = { frames: true, exposures: true } as const;
  readonly #periods = new Periods();
  readonly #ladders = new Ladders();
  readonly #transfers = new TransferPlots();
  /** Their times are in seconds since 1970 here, as entries may precede the first frame. */
  readonly #decisions: DecisionPoint[] = [];
  readonly #delays: Delay[] = [];
  readonly #exposed = new ExposedFacts();
  readonly #comments = new FrameComments();
  /** Filled before the capture is read. */
  readonly lost = new LostPackets(this.#comments);
  readonly #verdicts: Record<Verdict, number> = { confirmed: 0, contradicted: 0, encrypted: 0, unknown: 0 };
  readonly #reasons: Partial<Record<Reason, number>> = {};
  readonly #unconfirmed: Unconfirmed[] = [];
  readonly #withoutEntry: MatchingFacts['withoutEntry'][number][] = [];
  readonly #handshakes: MatchingFacts['handshakes'][number][] = [];
  readonly #inAll = { decisions: 0, entries: 0, withoutEntry: 0, handshakes: 0 };
  #lost = 0;
  #began = Number.NaN;
  #clock: string | undefined;

  ofServers: number | undefined;

  get filters(): string[] {
    return this.#ladders.filters;
  }

  takeRow(row: Row): void {
    this.#ladders.take(row);
  }

  take(finding: Finding): void {
    switch (finding.kind) {
      case 'match':
        this.#takeMatch(finding);
        break;
      case 'handshake':
        this.#takeHandshake(finding);
        break;
      case 'unjournaled':
        this.#takeUnjournaled(finding);
        break;
      case 'event':
        this.#lost += lostDatagrams(finding.event);
        break;
      case 'frame':
        if (Number.isNaN(this.#began)) this.#began = finding.frame.time;
        this.#transfers.take(finding.frame, this.#began);
        break;
      case 'exposed':
        this.#exposed.add(finding.frame, finding.exposure);
        break;
      case 'end':
        this.ofServers = finding.seen.ofServers;
        this.#clock = finding.seen.clock;
    }
  }

  #takeHandshake(match: HandshakeMatch): void {
    const { id, server, reason } = match.entry;
    const decider = server === 'http' ? 'http' : 'echo-tcp';
    this.#count(match, { id, decider, decision: describeFailure(match.entry) });
    this.#comments.add(match);
    if (match.shows === undefined) return;
    this.#inAll.handshakes += 1;
    if (this.#handshakes.length === UNMATCHED) return;
    this.#handshakes.push({ id, server, client: clientOf(match.entry)!, reason, frame: match.shows });
  }

  #takeUnjournaled({ client, server, from, what, frames }: Unjournaled): void {
    this.#inAll.withoutEntry += 1;
    if (this.#withoutEntry.length === UNMATCHED) return;
    this.#withoutEntry.push({ client, server, from, what, frames: frames.map(({ number }) => number) });
  }

  facts({
    ports,
  }: Pick<Run, 'ports'>): Omit<
    Report,
    'made' | 'lab' | 'captures' | keyof Demo | 'flows' | 'flowsInAll' | 'compared' | 'wire'
  > {
    return {
      lostDatagrams: this.#lost,
      periods: this.#periods.facts(),
      decisions: this.#decisions
        .map(({ at, ...decision }) => ({ at: at - this.#began, ...decision }))
        .sort((a, b) => a.at - b.at),
      decisionsInAll: this.#inAll.decisions,
      delays: this.#delays,
      ladders: this.#ladders.draw(ports, this.#comments, this.lost),
      transfers: this.#transfers.facts(),
      ...this.#exposed.facts(),
      matching: {
        clock: this.#clock,
        verdicts: this.#verdicts,
        reasons: this.#reasons,
        entries: this.#unconfirmed,
        withoutEntry: this.#withoutEntry,
        handshakes: this.#handshakes,
        entriesInAll: this.#inAll.entries,
        withoutEntryInAll: this.#inAll.withoutEntry,
        handshakesInAll: this.#inAll.handshakes,
      },
    };
  }

  #count(
    { reason, shows: frame }: Pick<Match, 'reason' | 'shows'>,
    entry: Pick<Unconfirmed, 'id' | 'decider' | 'decision'>,
  ): void {
    const verdict = verdictOf({ reason });
    this.#verdicts[verdict] += 1;
    this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
    // Encrypted entries are only counted: they would fill the list.
    if (verdict === 'confirmed' || verdict === 'encrypted') return;
    this.#inAll.entries += 1;
    if (this.#unconfirmed.length < UNMATCHED) this.#unconfirmed.push({ ...entry, verdict, reason, frame });
  }

  #takeMatch(match: MatchUnder): void {
    this.#periods.add(match, match.active);
    this.#ladders.offer(match, this.lost);
    this.#comments.add(match);
    const { entry, reason, took, shows, request, end } = match;
    const decider = deciderOf(entry);
    this.#count(match, { id: entry.id, decider, decision: describeDecision(entry) });
    if ('direction' in entry || isRefused(entry)) return;
    this.#inAll.decisions += 1;
    if (this.#decisions.length < DECISIONS) {
      const at = request[0]?.time ?? timeOf(entry);
      const waited = end && took === undefined ? end.time - at : undefined;
      const verdict = verdictOf(match);
      const outcome = outcomeOf(entry);
      this.#decisions.push({ at, decider, outcome, verdict, reason, took, waited, frame: shows });
    }
    if (isHttp(entry) || entry.delay_ms === undefined || took === undefined || shows === undefined) return;
    if (this.#delays.length < DELAYS) {
      this.#delays.push({ decider, configured: entry.delay_ms / 1000, seen: took, frame: shows });
    }
  }
}
