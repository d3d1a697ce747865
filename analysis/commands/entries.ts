import { findCapture, withoutKeys } from '#analysis/capture/capture-files.ts';
import { mustBeReadable, noneOfServers, upToHere } from '#analysis/capture/capture-info.ts';
import type { FrameRef } from '#analysis/capture/frames.ts';
import { describeHandshake, describeTie } from '#analysis/join/describe.ts';
import { joinCapture } from '#analysis/join/join-capture.ts';
import type { HandshakeTie, Loose, Tie } from '#analysis/join/tie.ts';
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
  if (!json) print(HEAD);
  const tell = (tie: Tie | HandshakeTie, comment: string) => {
    counts.add(tie);
    print(json ? JSON.stringify(facts(tie, comment)) : row(tie, comment));
  };
  const seen = await joinCapture(capture, run, {
    tie: (tie, regime) => tell(tie, describeTie(tie, regime)),
    handshake: (tie) => tell(tie, describeHandshake(tie)),
    loose(loose) {
      counts.loose += 1;
      print(json ? JSON.stringify({ loose: { ...loose, frames: numbers(loose.frames) } }) : looseRow(loose));
    },
  });
  if (json) {
    const { frames, ofServers, cut, clock } = seen;
    print(JSON.stringify({ ...counts.facts(), frames, ofServers, cut, clock }));
    return 0;
  }
  print(counts.describe());
  const none = noneOfServers(seen, run.ports);
  if (none !== undefined) print(none);
  if (seen.clock !== undefined) print(seen.clock);
  if (seen.cut !== undefined) print(upToHere(seen.cut));
  return 0;
}

/** How many entries the packets confirm, contradict, or say nothing of, and how many exchanges are in no journal. */
class Counts {
  readonly #verdicts = new Map<Verdict, number>();
  loose = 0;

  add({ verdict }: Pick<Tie, 'verdict'>): void {
    this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1);
  }

  facts() {
    const { loose } = this;
    return {
      confirmed: this.#of('confirmed'),
      contradicted: this.#of('contradicted'),
      unknown: this.#of('unknown'),
      loose,
    };
  }

  describe(): string {
    const { confirmed, contradicted, unknown, loose } = this.facts();
    const why = verdictNames.flatMap((name) => {
      const count = this.#verdicts.get(name);
      return count && verdicts[name].kind === 'unknown' ? `${name} ${count}` : [];
    });
    const nothing = unknown > 0 ? `, of which they can't say: ${unknown} (${why.join(', ')})` : '';
    return `entries that packets confirm: ${confirmed}, that they contradict: ${contradicted}${nothing}; exchanges in no journal: ${loose}`;
  }

  #of(kind: VerdictKind): number {
    let sum = 0;
    for (const [verdict, count] of this.#verdicts) if (verdicts[verdict].kind === kind) sum += count;
    return sum;
  }
}

function facts(tie: Tie | HandshakeTie, comment: string): object {
  const { entry, verdict, request, answer, end, shows, took } = tie;
  return {
    entry,
    verdict,
    kind: verdicts[verdict].kind,
    request: numbers(request),
    answer: numbers(answer),
    end: end?.number,
    shows,
    took,
    comment,
  };
}

function row(tie: Tie | HandshakeTie, comment: string): string {
  const { request, answer } = tie;
  const frames = `${numbers(request).join(' ') || '-'} → ${numbers(answer).join(' ') || '-'}`;
  return columns(isContradicted(tie) ? '! ' : '  ', frames, comment);
}

function looseRow({ client, server, from, what, frames }: Loose): string {
  const way = from === 'client' ? `${client} to ${server}` : `${server} to ${client}`;
  return columns('! ', numbers(frames).join(' '), `no entry speaks of ${what}, ${way}`);
}

function columns(mark: string, frames: string, says: string): string {
  return `${mark}${frames.padEnd(16)} ${says}`;
}

function numbers(frames: readonly FrameRef[]): number[] {
  return frames.map(({ number }) => number);
}
