import type { FrameRef } from '#analysis/capture/frames.ts';
import type { Detail } from '#lib/faults/echo/fault.ts';
import { phraseOf } from '#lib/faults/echo/replay.ts';
import { type HandshakeEvent, isDatagram, isHttp, isRefused } from '#lib/journal/entries.ts';
import type { DatagramEntry, Decision, MessageEntry } from '#lib/journal/schema.ts';
import { safe } from '#lib/text/readable.ts';
import type { HandshakeMatch } from './finding.ts';
import type { MatchUnder } from './matching.ts';
import { type Verdict, verdicts } from './verdicts.ts';

/** A decision in one line, as `fault=corruption byte 2: 0x73 to 0x8c`. */
export function describeDecision(entry: Decision): string {
  if (isHttp(entry)) return `outcome=${entry.outcome}${entry.reason === undefined ? '' : ` ${entry.reason}`}`;
  const { fault, drawn } = entry;
  const phrase = drawn ? `(${drawn} was drawn and can't be done to this)` : phraseOfEntry(entry);
  return `fault=${fault}${phrase ? ` ${phrase}` : ''}${isDatagram(entry) ? describeDatagram(entry) : ''}`;
}

/** What its fault did, in words that follow the name. */
function phraseOfEntry(entry: MessageEntry): string | undefined {
  // What is lost of a transfer is a datagram on its way, and no answer.
  if (isDatagram(entry) && entry.fault === 'loss') return 'went no further';
  return phraseOf(entry.fault, entry as unknown as Detail);
}

function describeDatagram({ direction, kind, sequence, ack, transfer }: DatagramEntry) {
  if (kind === undefined) return `, a damaged datagram on the way ${direction}`;
  const number = sequence ?? ack;
  return `, ${kind}${number === undefined ? '' : ` ${number}`} of transfer ${transfer} on the way ${direction}`;
}

/** An entry with its frames as the comment on one of them: what was decided, what drew it, where it is journaled, and what is missing. */
export function describeMatch(match: MatchUnder | HandshakeMatch): string {
  return match.kind === 'match' ? describeDecided(match) : describeHandshake(match);
}

function describeDecided({ entry, verdict, end, active }: MatchUnder): string {
  const rest = isDatagram(entry) && verdict === 'silent' ? '' : remarkOf(verdict, end);
  const draw = isHttp(entry) ? entry.request : entry.message;
  const seed = active?.seed === undefined ? '' : `, seed ${active.seed}`;
  // Nothing is drawn for a peer that is refused.
  const drawn = isRefused(entry) ? '' : `${seed}, draw ${draw}`;
  const journal = `${isHttp(entry) ? 'http' : 'echo'}.log entry ${entry.id}`;
  return safe(`${describeDecision(entry)}${drawn}; ${journal}${rest}`);
}

/** What a server says of a handshake that failed. */
export function describeFailure({ reason }: HandshakeEvent): string {
  return safe(`the TLS handshake failed: ${reason}`);
}

function describeHandshake({ entry, verdict }: HandshakeMatch): string {
  const journal = `${entry.server}.log entry ${entry.id}`;
  return `${describeFailure(entry)}; ${journal}${remarkOf(verdict)}`;
}

/** What a comment says of a verdict beside the entry, after a semicolon. */
function remarkOf(verdict: Verdict, end?: FrameRef): string {
  const remark = verdicts[verdict].remark?.(end?.number);
  return remark === undefined ? '' : `; ${remark}`;
}

const KNOWN_REMARKS = Object.values(verdicts).flatMap(({ remark }) =>
  [0, undefined].flatMap((end) => remark?.(end) ?? []).map((said) => said.replaceAll('0', '\\d+')),
);
/** A line of `describeMatch`, of this run or an earlier one, to its last byte. */
const LINE = new RegExp(
  `^(?:(?:fault|outcome)=|the TLS handshake failed: ).*; (?:http|echo)\\.log entry \\d+(?:; (?:${KNOWN_REMARKS.join('|')}))?$`,
);
const MORE = /^and \d+ more entries$/;

/** As many lines as a comment of `longest` bytes can hold, and how many more there are. */
export function joinLines(lines: readonly string[], longest: number): string {
  let bytes = 0;
  const fitting = lines.filter((line) => {
    bytes += Buffer.byteLength(line) + 1;
    return bytes < longest;
  });
  const more = lines.length - fitting.length;
  return more === 0 ? lines.join('\n') : [...fitting, `and ${more} more entries`].join('\n');
}

/** What a person has written in a comment on a frame: all lines but those that annotating has written. */
export function withoutEntries(comment: string): string {
  const lines = comment.split('\n');
  return lines.some((line) => LINE.test(line))
    ? lines
        .filter((line) => !LINE.test(line) && !MORE.test(line))
        .join('\n')
        .trim()
    : comment;
}
