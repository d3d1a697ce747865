import { basename } from 'node:path';
import { CaptureError, findCapture, withoutKeys } from '#analysis/capture/capture-files.ts';
import { mustBeReadable, noneOfServers, upToHere } from '#analysis/capture/capture-info.ts';
import type { FrameRef } from '#analysis/capture/frames.ts';
import type { Seen } from '#analysis/capture/seen.ts';
import { describeMatch } from '#analysis/join/describe.ts';
import type { HandshakeMatch, Unjournaled } from '#analysis/join/finding.ts';
import { type Finding, join } from '#analysis/join/join.ts';
import type { MatchUnder } from '#analysis/join/matching.ts';
import { type Reason, reasonNames, reasons, type Verdict, verdictOf } from '#analysis/join/verdicts.ts';
import { wireOfRun } from '#analysis/wire/wire-of-run.ts';
import type { Run } from '#lib/journal/run.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import { counted } from '#lib/text/figures.ts';
import { WireEntries } from './wire-entries.ts';

/** The head of the table. */
const HEAD = columns('  ', 'Frames', 'Decision and its journal entry');

export interface EntriesParts {
  readonly folder: string;
  /** Reads the record of the run whose captures are in a folder. */
  readonly runIn: (folder: string) => Promise<Run>;
  readonly json: boolean;
  /** Reads without the TLS keys. */
  readonly noKeys: boolean;
  readonly print: (line: string) => void;
}

/** `make inspect ENTRIES=1`: lists each journal entry with its frames. Returns the exit code. */
export async function entries(named: string, parts: EntriesParts): Promise<number> {
  const { folder, runIn, json, noKeys, print } = parts;
  refuseWire(named);
  const found = await findCapture(named, folder);
  const capture = noKeys ? await withoutKeys(found) : found;
  await mustBeReadable(capture);
  const run = await runIn(capture.folder);
  const wire = new WireEntries(found.name, { json, print });
  const disturbances = await wireOfRun(capture.folder, run, isHost(found.name) ? [wire] : []);
  const disturbed = isHost(found.name) ? disturbances?.of(found.name) : undefined;
  const counts = new Counts();
  const [listed, ends] = json ? [lineAsJson, endsAsJson] : [lineFor, summary];
  if (!json) print(HEAD);
  for await (const finding of join({ capture, run, disturbed })) {
    counts.add(finding);
    if (finding.kind === 'end') print([ends(counts, finding.seen, run), ...wire.end()].join('\n'));
    else if (isListed(finding)) print(listed(finding));
  }
  return 0;
}

/** Each packet is twice in the capture of the wire, so every second one would be an exchange without an entry. */
function refuseWire(named: string): void {
  if (!OF_WIRE.test(basename(named))) return;
  throw new CaptureError(
    `CAPTURE is "${basename(named)}", which has each packet twice: on its way in and on its way out; allowed with ENTRIES: server, client, or the path of a host's capture`,
  );
}

const OF_WIRE = /^wire(\.(\d+\.)?pcap)?$/;

function isHost(name: string): name is Host {
  return hosts.some((host) => host === name);
}

type Listed = MatchUnder | HandshakeMatch | Unjournaled;

function isListed(finding: Finding): finding is Listed {
  return 'frames' in finding || 'reason' in finding;
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

/** The lines after the table. */
function summary(counts: Counts, seen: Seen, { ports }: Run): string {
  const { clock, cut } = seen;
  const lines = [counts.describe(), noneOfServers(seen, ports), clock, cut && upToHere(cut)];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** Counts entries by their reasons, and exchanges without an entry. */
class Counts {
  readonly #reasons = new Map<Reason, number>();
  unjournaled = 0;
  unread = 0;

  add(finding: Finding): void {
    if (finding.kind === 'unjournaled' || finding.kind === 'unread') this[finding.kind] += 1;
    if (finding.kind !== 'match' && finding.kind !== 'handshake') return;
    const { reason } = finding;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }

  facts() {
    return {
      confirmed: this.#of('confirmed'),
      contradicted: this.#of('contradicted'),
      encrypted: this.#of('encrypted'),
      unknown: this.#of('unknown'),
      withoutEntry: this.unjournaled,
      unread: this.unread,
    };
  }

  describe(): string {
    const { confirmed, contradicted, encrypted, unknown, withoutEntry, unread } = this.facts();
    const why = reasonNames.flatMap((name) => {
      const count = this.#reasons.get(name);
      return count && reasons[name].verdict === 'unknown' ? `${name} ${count}` : [];
    });
    const all = confirmed + contradicted + encrypted + unknown;
    const verdicts = [
      `${confirmed} of ${all} journal entries confirmed by packets`,
      `${contradicted} contradicted`,
      `${encrypted} encrypted${encrypted > 0 ? ' (no TLS keys)' : ''}`,
      `${unknown} unknown${unknown > 0 ? ` (${why.join(', ')})` : ''}`,
    ];
    const sentences = [
      `${verdicts.join(', ')}.`,
      `${counted(withoutEntry, 'exchange')} without an entry.`,
      ...(unread > 0 ? [`${counted(unread, 'datagram')} not read by the server.`] : []),
    ];
    return sentences.join(' ');
  }

  #of(verdict: Verdict): number {
    let sum = 0;
    for (const [reason, count] of this.#reasons) if (reasons[reason].verdict === verdict) sum += count;
    return sum;
  }
}

function facts(match: MatchUnder | HandshakeMatch): object {
  const { entry, reason, request, response, end, shows, took } = match;
  return {
    ...{ entry, verdict: verdictOf(match), reason },
    ...{ request: numbers(request), response: numbers(response), end: end?.number },
    ...{ shows, took, comment: describeMatch(match) },
  };
}

function row(match: MatchUnder | HandshakeMatch): string {
  const { request, response } = match;
  const frames = `${numbers(request).join(' ') || '-'} → ${numbers(response).join(' ') || '-'}`;
  return columns(verdictOf(match) === 'contradicted' ? '! ' : '  ', frames, describeMatch(match));
}

/** Why copies have no entry. */
const ADDED = 'a copy that the wire made, which the server did not read';

/** Why the server did not read a datagram. */
const UNREAD = {
  overflow: 'the server did not read it, because the buffer of its socket was full',
  dropped: 'the server dropped it, because too many datagrams waited for an answer',
} as const;

/** The name of what has no entry, in JSON. */
const KEYS = { unjournaled: 'withoutEntry', unread: 'unread', added: 'added' } as const;

function unmatchedFacts({ kind, frames, ...rest }: Unjournaled): object {
  const facts = { ...rest, frames: numbers(frames) };
  return { [KEYS[kind]]: facts };
}

function unmatchedRow({ kind, client, server, from, what, frames, why }: Unjournaled): string {
  const whole = `${what} from ${from === 'client' ? `${client} to ${server}` : `${server} to ${client}`}`;
  if (why) return columns('  ', numbers(frames).join(' '), `${whole}: ${UNREAD[why]}`);
  if (kind === 'added') return columns('  ', numbers(frames).join(' '), `${whole}: ${ADDED}`);
  return columns('! ', numbers(frames).join(' '), `no journal entry for ${whole}`);
}

function columns(mark: string, frames: string, text: string): string {
  return `${mark}${frames.padEnd(16)} ${text}`;
}

function numbers(frames: readonly FrameRef[]): number[] {
  return frames.map(({ number }) => number);
}
