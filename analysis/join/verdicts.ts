/** What the packets do to an entry: they confirm it, contradict it, or nobody can say, as they can't be seen or read. */
export const kinds = ['confirmed', 'contradicted', 'unknown'] as const;
export type VerdictKind = (typeof kinds)[number];

interface VerdictFacts {
  readonly kind: VerdictKind;
  readonly meaning: string;
  /** What a comment says of it beside the entry, where the entry alone does not say it. */
  readonly remark?: (end: number | undefined) => string;
}

/** What a capture can say of an entry. */
const facts = {
  answered: { kind: 'confirmed', meaning: 'what was decided left' },
  came: { kind: 'confirmed', meaning: 'it came, and what was decided happened after the capture had it' },
  silent: {
    kind: 'confirmed',
    meaning: 'nothing was to leave, and nothing did',
    remark: (end) => (end === undefined ? 'no answer left' : `no answer left until the end in frame ${end}`),
  },
  gone: {
    kind: 'confirmed',
    meaning: 'nothing could leave: the connection had been reset, or the server had closed it',
    remark: (end) => `the connection had ended in frame ${end}`,
  },
  open: {
    kind: 'confirmed',
    meaning: 'nothing has left when the capture ends',
    remark: () => 'the capture ends before',
  },
  failed: { kind: 'confirmed', meaning: 'its connection is there, whose TLS handshake failed' },
  different: {
    kind: 'contradicted',
    meaning: 'the server sent something else than was decided',
    remark: () => 'the server sent something else',
  },
  altered: same('contradicted', 'the message in the capture is another than the journal says'),
  unanswered: {
    kind: 'contradicted',
    meaning: 'what was decided is not in the capture',
    remark: () => 'the answer is not in the capture',
  },
  lost: same('contradicted', 'the request is not in the capture'),
  absent: same('contradicted', 'its connection is not in the capture'),
  gap: same('unknown', 'the capture lacks packets of that time'),
  unexplained: same('unknown', 'this version does not know its fault'),
  unclear: same('unknown', 'the clock was set meanwhile, or the journal has another than the capture'),
  unplaced: same('unknown', 'its journal is of an earlier version, which did not say where packets are'),
  nameless: {
    kind: 'unknown',
    meaning:
      'its client had reset the connection before the server looked at it, so the journal has no address',
    remark: () => 'the journal has no address of its client',
  },
  outside: same('unknown', 'the capture was not running then, or its message was sent before it began'),
  cut: same('unknown', 'packets were cut when they were captured'),
  encrypted: {
    kind: 'unknown',
    meaning: 'it went over TLS: its frames are where the entry says, and without keys nobody can read them',
    remark: () => 'it went over TLS, and there are no keys to read it',
  },
} as const satisfies Record<string, VerdictFacts>;

export type Verdict = keyof typeof facts;
export const verdicts: Readonly<Record<Verdict, VerdictFacts>> = facts;
export const verdictNames = Object.keys(facts) as readonly Verdict[];

/** A verdict whose meaning is its remark. */
function same<Kind extends VerdictKind>(kind: Kind, meaning: string) {
  return { kind, meaning, remark: () => meaning } as const;
}

export function isConfirmed({ verdict }: { readonly verdict: Verdict }): boolean {
  return verdicts[verdict].kind === 'confirmed';
}

export function isContradicted({ verdict }: { readonly verdict: Verdict }): boolean {
  return verdicts[verdict].kind === 'contradicted';
}
