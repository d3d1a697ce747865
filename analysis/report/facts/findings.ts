import type { Row } from '#analysis/capture/columns.ts';
import type { Demo } from '#analysis/experiments/results.ts';
import { describeDecision, describeFailure } from '#analysis/join/describe.ts';
import type { HandshakeMatch, Match, Unjournaled } from '#analysis/join/finding.ts';
import { FrameComments } from '#analysis/join/frame-comments.ts';
import type { Finding } from '#analysis/join/join.ts';
import type { Listener } from '#analysis/join/listen.ts';
import type { MatchUnder } from '#analysis/join/matching.ts';
import { isConfirmed, type Verdict } from '#analysis/join/verdicts.ts';
import { clientOf, deciderOf, isHttp, isRefused, lostDatagrams, timeOf } from '#lib/journal/entries.ts';
import type { Run } from '#lib/journal/run.ts';
import { ExposedFacts } from './exposed-facts.ts';
import type { DecisionPoint, Delay, Report, Ties } from './facts.ts';
import { Ladders } from './ladders.ts';
import { outcomeOf, Periods } from './periods.ts';
import { TransferPlots } from './transfer-plots.ts';

/** How much of each list a report shows; the counts are of all. */
const DECISIONS = 5_000;
const DELAYS = 2_000;
const UNTIED = 100;

type Untied = Ties['entries'][number];

/** What the server's capture and the journals say together. */
export class Findings implements Listener {
  readonly wants = { frames: true, exposures: true } as const;
  readonly #periods = new Periods();
  readonly #ladders = new Ladders();
  readonly #transfers = new TransferPlots();
  /** In seconds since 1970: entries may come before the first frame. */
  readonly #decisions: DecisionPoint[] = [];
  readonly #delays: Delay[] = [];
  readonly #exposed = new ExposedFacts();
  readonly #comments = new FrameComments();
  readonly #verdicts: Partial<Record<Verdict, number>> = {};
  readonly #untied: Untied[] = [];
  readonly #loose: Ties['loose'][number][] = [];
  readonly #handshakes: Ties['handshakes'][number][] = [];
  readonly #inAll = { decisions: 0, entries: 0, loose: 0, handshakes: 0 };
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
    this.#count(match, { id, decider, says: describeFailure(match.entry) });
    this.#comments.add(match);
    if (match.shows === undefined) return;
    this.#inAll.handshakes += 1;
    if (this.#handshakes.length === UNTIED) return;
    this.#handshakes.push({ id, server, client: clientOf(match.entry)!, reason, frame: match.shows });
  }

  #takeUnjournaled({ client, server, from, what, frames }: Unjournaled): void {
    this.#inAll.loose += 1;
    if (this.#loose.length === UNTIED) return;
    this.#loose.push({ client, server, from, what, frames: frames.map(({ number }) => number) });
  }

  facts({ ports }: Pick<Run, 'ports'>): Omit<Report, 'made' | 'lab' | 'captures' | keyof Demo | 'compared'> {
    return {
      lostDatagrams: this.#lost,
      periods: this.#periods.facts(),
      decisions: this.#decisions
        .map(({ at, ...decision }) => ({ at: at - this.#began, ...decision }))
        .sort((a, b) => a.at - b.at),
      decisionsInAll: this.#inAll.decisions,
      delays: this.#delays,
      ladders: this.#ladders.draw(ports, this.#comments),
      transfers: this.#transfers.facts(),
      ...this.#exposed.facts(),
      ties: {
        clock: this.#clock,
        verdicts: this.#verdicts,
        entries: this.#untied,
        loose: this.#loose,
        handshakes: this.#handshakes,
        entriesInAll: this.#inAll.entries,
        looseInAll: this.#inAll.loose,
        handshakesInAll: this.#inAll.handshakes,
      },
    };
  }

  #count(
    { verdict, shows: frame }: Pick<Match, 'verdict' | 'shows'>,
    entry: Pick<Untied, 'id' | 'decider' | 'says'>,
  ): void {
    this.#verdicts[verdict] = (this.#verdicts[verdict] ?? 0) + 1;
    // What nobody can read would fill the list; it is counted.
    if (isConfirmed({ verdict }) || verdict === 'encrypted') return;
    this.#inAll.entries += 1;
    if (this.#untied.length < UNTIED) this.#untied.push({ ...entry, verdict, frame });
  }

  #takeMatch(match: MatchUnder): void {
    this.#periods.add(match, match.active);
    this.#ladders.offer(match);
    this.#comments.add(match);
    const { entry, verdict, took, shows, request, end } = match;
    const decider = deciderOf(entry);
    this.#count(match, { id: entry.id, decider, says: describeDecision(entry) });
    if ('direction' in entry || isRefused(entry)) return;
    this.#inAll.decisions += 1;
    if (this.#decisions.length < DECISIONS) {
      const at = request[0]?.time ?? timeOf(entry);
      const waited = end && took === undefined ? end.time - at : undefined;
      this.#decisions.push({ at, decider, outcome: outcomeOf(entry), verdict, took, waited, frame: shows });
    }
    if (isHttp(entry) || entry.delay_ms === undefined || took === undefined || shows === undefined) return;
    if (this.#delays.length < DELAYS) {
      this.#delays.push({ decider, configured: entry.delay_ms / 1000, seen: took, frame: shows });
    }
  }
}
