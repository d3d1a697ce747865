import { findCapture, withoutKeys } from '#analysis/capture/capture-files.ts';
import { mustBeReadable, noneOfServers, upToHere } from '#analysis/capture/capture-info.ts';
import type { FrameRef } from '#analysis/capture/frames.ts';
import type { Seen } from '#analysis/capture/seen.ts';
import { describeMatch } from '#analysis/join/describe.ts';
import type { HandshakeMatch, Unjournaled } from '#analysis/join/finding.ts';
import { type Finding, join } from '#analysis/join/join.ts';
import type { MatchUnder } from '#analysis/join/matching.ts';
import {
  isContradicted,
  type Verdict,
  type VerdictKind,
  verdictNames,
  verdicts,
} from '#analysis/join/verdicts.ts';
import type { Run } from '#lib/journal/run.ts';

/** Above the rows, as the table of packets has one. */
const HEAD = columns('  ', 'Frames', 'What was decided, and its place in the journal');

export interface EntriesParts {
  readonly folder: string;
  /** What is known of the run whose captures are in a folder. */
  readonly runIn: (folder: string) => Promise<Run>;
  readonly json: boolean;
  /** Reads as whoever has no keys. */
  readonly noKeys: boolean;
  readonly print: (line: string) => void;
}

/** `make inspect ENTRIES=1`: each entry of the journals with its frames. Returns the exit code. */
export async function entries(named: string, parts: EntriesParts): Promise<number> {
  const { folder, runIn, json, noKeys, print } = parts;
  const found = await findCapture(named, folder);
  const capture = noKeys ? await withoutKeys(found) : found;
  await mustBeReadable(capture);
  const run = await runIn(capture.folder);
  const counts = new Counts();
  const [listed, ends] = json ? [lineAsJson, endsAsJson] : [lineFor, summary];
  if (!json) print(HEAD);
  for await (const finding of join({ capture, run })) {
    counts.add(finding);
    if (finding.kind === 'end') print(ends(counts, finding.seen, run));
    else if (isListed(finding)) print(listed(finding));
  }
  return 0;
}

type Listed = MatchUnder | HandshakeMatch | Unjournaled;

function isListed(finding: Finding): finding is Listed {
  return 'frames' in finding || 'verdict' in finding;
}

function lineFor(finding: Listed): string {
  return 'frames' in finding ? unmatchedRow(finding) : row(finding);
}

function lineAsJson(finding: Listed): string {
  return JSON.stringify('frames' in finding ? unmatchedFacts(finding) : facts(finding));
}

function endsAsJson(counts: Counts, { frames, ofServers, cut, clock }: Seen): string {
  return JSON.stringify({ ...counts.facts(), frames, ofServers, cut, clock });
}

/** The lines after the list. */
function summary(counts: Counts, seen: Seen, { ports }: Run): string {
  const { clock, cut } = seen;
  const lines = [counts.describe(), noneOfServers(seen, ports), clock, cut && upToHere(cut)];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** How many entries the packets confirm, contradict, or say nothing of, and how many exchanges are in no journal. */
class Counts {
  readonly #verdicts = new Map<Verdict, number>();
  unjournaled = 0;
  unread = 0;

  add(finding: Finding): void {
    if (finding.kind === 'unjournaled' || finding.kind === 'unread') this[finding.kind] += 1;
    if (finding.kind !== 'match' && finding.kind !== 'handshake') return;
    const { verdict } = finding;
    this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1);
  }

  facts() {
    return {
      confirmed: this.#of('confirmed'),
      contradicted: this.#of('contradicted'),
      unknown: this.#of('unknown'),
      loose: this.unjournaled,
      unread: this.unread,
    };
  }

  describe(): string {
    const { confirmed, contradicted, unknown, loose, unread } = this.facts();
    const why = verdictNames.flatMap((name) => {
      const count = this.#verdicts.get(name);
      return count && verdicts[name].kind === 'unknown' ? `${name} ${count}` : [];
    });
    const nothing = unknown > 0 ? `, of which they can't say: ${unknown} (${why.join(', ')})` : '';
    const notRead = unread > 0 ? `; datagrams that the server did not take: ${unread}` : '';
    return `entries that packets confirm: ${confirmed}, that they contradict: ${contradicted}${nothing}; exchanges in no journal: ${loose}${notRead}`;
  }

  #of(kind: VerdictKind): number {
    let sum = 0;
    for (const [verdict, count] of this.#verdicts) if (verdicts[verdict].kind === kind) sum += count;
    return sum;
  }
}

function facts(match: MatchUnder | HandshakeMatch): object {
  const { entry, verdict, request, answer, end, shows, took } = match;
  return {
    ...{ entry, verdict, kind: verdicts[verdict].kind },
    ...{ request: numbers(request), answer: numbers(answer), end: end?.number },
    ...{ shows, took, comment: describeMatch(match) },
  };
}

function row(match: MatchUnder | HandshakeMatch): string {
  const { request, answer } = match;
  const frames = `${numbers(request).join(' ') || '-'} → ${numbers(answer).join(' ') || '-'}`;
  return columns(isContradicted(match) ? '! ' : '  ', frames, describeMatch(match));
}

/** Why the server has not taken a datagram. */
const UNREAD = {
  overflow: 'the server did not read it, as the buffer of its socket was full',
  dropped: 'the server dropped it, as too many waited for their answers',
} as const;

function unmatchedFacts({ kind, frames, ...rest }: Unjournaled): object {
  const facts = { ...rest, frames: numbers(frames) };
  return kind === 'unread' ? { unread: facts } : { loose: facts };
}

function unmatchedRow({ client, server, from, what, frames, why }: Unjournaled): string {
  const way = from === 'client' ? `${client} to ${server}` : `${server} to ${client}`;
  if (why) return columns('  ', numbers(frames).join(' '), `${what}, ${way}: ${UNREAD[why]}`);
  return columns('! ', numbers(frames).join(' '), `no entry speaks of ${what}, ${way}`);
}

function columns(mark: string, frames: string, says: string): string {
  return `${mark}${frames.padEnd(16)} ${says}`;
}

function numbers(frames: readonly FrameRef[]): number[] {
  return frames.map(({ number }) => number);
}
