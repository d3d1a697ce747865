import type { FrameRef } from '#analysis/capture/frames.ts';
import type { Detail } from '#lib/faults/echo/fault.ts';
import { phraseOf } from '#lib/faults/echo/replay.ts';
import { type HandshakeEvent, isDatagram, isHttp, isRefused } from '#lib/journal/entries.ts';
import type { DatagramEntry, Decision, MessageEntry } from '#lib/journal/schema.ts';
import { safe } from '#lib/text/readable.ts';
import type { HandshakeMatch } from './finding.ts';
import type { MatchUnder, Open } from './matching.ts';
import { type Reason, reasons } from './verdicts.ts';

const WAYS = { in: 'incoming', out: 'outgoing' } as const;

/** A decision in one line, as `fault=corruption byte 2: 0x73 to 0x8c`. */
export function describeDecision(entry: Decision): string {
  if (isHttp(entry)) return `outcome=${entry.outcome}${entry.reason === undefined ? '' : ` ${entry.reason}`}`;
  const { fault, drawn } = entry;
  const phrase = drawn ? `(${drawn} was drawn and can't be done to this)` : phraseOfEntry(entry);
  return `fault=${fault}${phrase ? ` ${phrase}` : ''}${isDatagram(entry) ? describeDatagram(entry) : ''}`;
}

/** What the fault did, in words that follow its name. */
function phraseOfEntry(entry: MessageEntry): string | undefined {
  // A transfer loses datagrams in both directions, not only echoes.
  if (isDatagram(entry) && entry.fault === 'loss') return 'dropped';
  return phraseOf(entry.fault, entry as unknown as Detail);
}

function describeDatagram({ direction, kind, sequence, ack, transfer }: DatagramEntry) {
  if (kind === undefined) return `, a damaged ${WAYS[direction]} datagram`;
  const number = sequence ?? ack;
  return `, ${WAYS[direction]} ${kind}${number === undefined ? '' : ` ${number}`} of transfer ${transfer}`;
}

/** The comment on a frame: the decision, its seed and draw, its journal entry, and what is missing or wrong. */
export function describeMatch(match: MatchUnder | HandshakeMatch): string {
  return match.kind === 'match' ? describeDecided(match) : describeHandshake(match);
}

function describeDecided({ entry, reason, end, active }: MatchUnder): string {
  const rest = isDatagram(entry) && reason === 'nothing-sent' ? '' : remarkOf(reason, end);
  return `${describeOpen({ entry, active })}${rest}`;
}

/** The decision, its seed and draw, and its journal entry, whatever its packets are. */
export function describeOpen({ entry, active }: Pick<Open, 'entry' | 'active'>): string {
  const draw = isHttp(entry) ? entry.request : entry.message;
  const seed = active?.seed === undefined ? '' : `, seed ${active.seed}`;
  // A refused peer costs no draw.
  const drawn = isRefused(entry) ? '' : `${seed}, draw ${draw}`;
  const journal = `${isHttp(entry) ? 'http' : 'echo'}.log entry ${entry.id}`;
  return safe(`${describeDecision(entry)}${drawn}; ${journal}`);
}

/** A failed handshake in one line. */
export function describeFailure({ reason }: HandshakeEvent): string {
  return safe(`the TLS handshake failed: ${reason}`);
}

function describeHandshake({ entry, reason }: HandshakeMatch): string {
  const journal = `${entry.server}.log entry ${entry.id}`;
  return `${describeFailure(entry)}; ${journal}${remarkOf(reason)}`;
}

/** The part of a comment that a reason adds, after a semicolon. */
function remarkOf(reason: Reason, end?: FrameRef): string {
  const remark = reasons[reason].remark?.(end?.number);
  return remark === undefined ? '' : `; ${remark}`;
}

const KNOWN_REMARKS = Object.values(reasons).flatMap(({ remark }) =>
  [0, undefined].flatMap((end) => remark?.(end) ?? []).map((text) => text.replaceAll('0', '\\d+')),
);
/** Matches a whole line of `describeMatch`, of this run or an earlier one. */
const LINE = new RegExp(
  `^(?:(?:fault|outcome)=|the TLS handshake failed: ).*; (?:http|echo|wire)\\.log entry \\d+(?:; (?:${KNOWN_REMARKS.join('|')}))?$`,
);
const MORE = /^and \d+ more entries$/;

/** As many lines as fit into a comment of `longest` bytes, and the count of the others. */
export function joinLines(lines: readonly string[], longest: number): string {
  let bytes = 0;
  const fitting = lines.filter((line) => {
    bytes += Buffer.byteLength(line) + 1;
    return bytes < longest;
  });
  const more = lines.length - fitting.length;
  return more === 0 ? lines.join('\n') : [...fitting, `and ${more} more entries`].join('\n');
}

/** A person's own text in a frame comment: all lines but those that make annotate wrote. */
export function withoutEntries(comment: string): string {
  const lines = comment.split('\n');
  return lines.some((line) => LINE.test(line))
    ? lines
        .filter((line) => !LINE.test(line) && !MORE.test(line))
        .join('\n')
        .trim()
    : comment;
}
