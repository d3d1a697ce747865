import { CaptureError, findCapture, withoutKeys } from '../capture-files.ts';
import { captureInfo, unreadable } from '../capture-info.ts';
import { describeHandshake, describeTie } from '../describe.ts';
import { joinCapture } from '../join/join-capture.ts';
import { type FrameRef, type HandshakeTie, isMissed, isTied, type Loose, type Tie } from '../join/tie.ts';
import type { Run } from '../run.ts';

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
  const capture = noKeys ? withoutKeys(found) : found;
  const problem = unreadable(capture.name, await captureInfo(capture.files.at(-1)!));
  if (problem !== undefined) throw new CaptureError(problem);
  const counts = { tied: 0, untied: 0, encrypted: 0, loose: 0 };
  const tell = (tie: Tie | HandshakeTie, comment: string) => {
    counts[isTied(tie) ? 'tied' : isMissed(tie) ? 'untied' : 'encrypted'] += 1;
    print(json ? JSON.stringify(facts(tie, comment)) : row(tie, comment));
  };
  const seen = await joinCapture(capture, await runIn(capture.folder), {
    tie: (tie, regime) => tell(tie, describeTie(tie, regime)),
    handshake: (tie) => tell(tie, describeHandshake(tie)),
    loose(loose) {
      counts.loose += 1;
      print(json ? JSON.stringify({ loose: { ...loose, frames: numbers(loose.frames) } }) : looseRow(loose));
    },
  });
  if (json) {
    print(JSON.stringify({ ...counts, frames: seen.frames, cut: seen.cut }));
    return 0;
  }
  const encrypted = counts.encrypted > 0 ? `, that are encrypted: ${counts.encrypted}` : '';
  print(
    `entries that packets bear out: ${counts.tied}, that they do not: ${counts.untied}${encrypted}; exchanges in no journal: ${counts.loose}`,
  );
  if (seen.cut !== undefined) print(`the capture breaks off: ${seen.cut}`);
  return 0;
}

function facts(tie: Tie | HandshakeTie, comment: string): object {
  const { entry, verdict, request, answer, end, shows, took } = tie;
  return {
    entry,
    verdict,
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
  return `${isMissed(tie) ? '! ' : '  '}${frames.padEnd(16)} ${comment}`;
}

function looseRow({ client, server, from, what, frames }: Loose): string {
  const way = from === 'client' ? `${client} to ${server}` : `${server} to ${client}`;
  return `! ${numbers(frames).join(' ').padEnd(16)} no entry speaks of ${what}, ${way}`;
}

function numbers(frames: readonly FrameRef[]): number[] {
  return frames.map(({ number }) => number);
}
