/** What the packets say of a journal entry. `encrypted`: the frames are known, and no key decrypts them. */
export const verdicts = ['confirmed', 'contradicted', 'encrypted', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];

interface ReasonFacts {
  readonly verdict: Verdict;
  /** Why the entry has this verdict. */
  readonly meaning: string;
  /** The words that a frame comment adds to the entry; undefined if the entry itself is enough. */
  readonly remark?: (end: number | undefined) => string;
}

/** Why an entry is confirmed, contradicted, encrypted or unknown. */
const facts = {
  'response-sent': { verdict: 'confirmed', meaning: 'the response that was decided is in the capture' },
  received: {
    verdict: 'confirmed',
    meaning: 'the datagram is in the capture; its fault was applied after the capture point',
  },
  'nothing-sent': {
    verdict: 'confirmed',
    meaning: 'no response was due, and none was sent',
    remark: (end) =>
      end === undefined
        ? 'no response was sent'
        : `no response was sent before the connection ended in frame ${end}`,
  },
  'connection-closed': {
    verdict: 'confirmed',
    meaning: 'no response could be sent: the connection had been reset, or the server had closed it',
    remark: (end) => `the connection had ended in frame ${end}`,
  },
  pending: {
    verdict: 'confirmed',
    meaning: 'the capture ends before the response was sent',
    remark: () => 'the capture ends before the response',
  },
  'handshake-failed': {
    verdict: 'confirmed',
    meaning: 'the connection whose TLS handshake failed is in the capture',
  },
  'response-differs': {
    verdict: 'contradicted',
    meaning: 'the server sent something else than was decided',
    remark: () => 'the server sent something else',
  },
  'message-differs': same(
    'contradicted',
    'the message in the capture differs from the message in the journal',
  ),
  'response-missing': {
    verdict: 'contradicted',
    meaning: 'the response that was decided is not in the capture',
    remark: () => 'the response is not in the capture',
  },
  'request-missing': same('contradicted', 'the request is not in the capture'),
  'connection-missing': same('contradicted', 'the connection is not in the capture'),
  'capture-gap': same('unknown', 'the capture lacks packets of that time'),
  'unknown-fault': same('unknown', 'this version of wirelab does not know the fault'),
  'clock-set': same('unknown', 'the clock was set meanwhile, or journal and capture have different clocks'),
  'no-offsets': same('unknown', 'an earlier version wrote the journal, without stream offsets'),
  'no-address': {
    verdict: 'unknown',
    meaning:
      'the client had reset the connection before the server accepted it, so the journal has no address',
    remark: () => 'the journal has no address of the client',
  },
  'before-capture': same(
    'unknown',
    'the capture was not running, or the message was sent before the capture began',
  ),
  truncated: same('unknown', 'the frames were truncated when they were captured'),
  'lost-on-the-way': same('unknown', 'the wire lost or altered packets of this exchange'),
  'no-keys': {
    verdict: 'encrypted',
    meaning: 'the message went over TLS, and nobody can read its frames without the keys',
    remark: () => 'encrypted with TLS, and there are no keys',
  },
} as const satisfies Record<string, ReasonFacts>;

export type Reason = keyof typeof facts;
export const reasons: Readonly<Record<Reason, ReasonFacts>> = facts;
export const reasonNames = Object.keys(facts) as readonly Reason[];

/** A reason whose meaning is its remark. */
function same<Of extends Verdict>(verdict: Of, meaning: string) {
  return { verdict, meaning, remark: () => meaning } as const;
}

export function verdictOf({ reason }: { readonly reason: Reason }): Verdict {
  return reasons[reason].verdict;
}

export function isConfirmed(match: { readonly reason: Reason }): boolean {
  return verdictOf(match) === 'confirmed';
}

export function isContradicted(match: { readonly reason: Reason }): boolean {
  return verdictOf(match) === 'contradicted';
}
