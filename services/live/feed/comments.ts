import type { Exposure } from '#analysis/exposure/exposed.ts';
import { describeMatch } from '#analysis/join/describe.ts';
import type { HandshakeMatch } from '#analysis/join/finding.ts';
import type { MatchUnder } from '#analysis/join/matching.ts';
import { type Verdict, verdictOf } from '#analysis/join/verdicts.ts';
import { describeWire } from '#analysis/wire/describe.ts';
import type { WireMatch } from '#analysis/wire/finding.ts';
import { type WireReason, wireVerdictOf } from '#analysis/wire/reasons.ts';
import { isHttp } from '#lib/journal/entries.ts';
import type { Decision } from '#lib/journal/schema.ts';
import type { Comment, Fate } from '../contract.ts';

/** Whose decision an entry is, and what was decided. */
export function subjectOf(entry: Decision): Pick<Comment, 'from' | 'decision'> {
  return isHttp(entry) ? { from: 'http', decision: entry.outcome } : { from: 'echo', decision: entry.fault };
}

/** The comment of a server's journal on the frame that shows an entry. */
export function commentOf(match: MatchUnder | HandshakeMatch): Comment {
  return {
    ...(match.kind === 'match'
      ? subjectOf(match.entry)
      : { from: match.entry.server, decision: 'handshake' }),
    text: describeMatch(match),
    verdict: verdictIn(verdictOf(match)),
  };
}

/** The comment of the wire's journal. */
export function wireCommentOf(match: WireMatch): Comment {
  const verdict = verdictIn(wireVerdictOf(match));
  return { from: 'wire', decision: match.entry.fault, text: describeWire(match), verdict };
}

/** Without its keys, what is encrypted neither confirms nor contradicts. */
function verdictIn(verdict: Verdict): Comment['verdict'] {
  return verdict === 'encrypted' ? 'unknown' : verdict;
}

const FATES: Partial<Record<WireReason, Fate>> = {
  lost: 'lost',
  'error-sent': 'lost',
  'no-error': 'lost',
  'error-dropped': 'lost',
  'dropped-later': 'lost',
  'arrived-altered': 'altered',
  'arrived-different': 'altered',
};

/** What a decision of the wire made of its packet, if that is known. */
export function fateOf({ reason }: WireMatch): Fate | undefined {
  return FATES[reason];
}

/** What a secret is, such as `password`; undefined for a text that is none. */
export function nameOfExposure({ what, text }: Exposure): string | undefined {
  if (what === 'body') return undefined;
  return (what === 'credentials' ? /^(\w+)=/.exec(text)?.[1]?.toLowerCase() : undefined) ?? what;
}
