import type { Verdict } from '#analysis/join/verdicts.ts';

interface ReasonFacts {
  readonly verdict: Verdict;
  /** Why the decision has this verdict. */
  readonly meaning: string;
}

/** Why a decision of the wire is confirmed, contradicted or unknown. */
const facts = {
  lost: {
    verdict: 'confirmed',
    meaning: 'the packet is in the capture of its sender, and not in that of its receiver',
  },
  arrived: { verdict: 'confirmed', meaning: 'the packet arrived as it was sent' },
  'arrived-altered': { verdict: 'confirmed', meaning: 'the packet arrived with the bytes that were decided' },
  'arrived-twice': { verdict: 'confirmed', meaning: 'the packet arrived twice' },
  'in-fragments': { verdict: 'confirmed', meaning: 'the packet arrived in fragments' },
  'error-sent': {
    verdict: 'confirmed',
    meaning: 'the packet did not arrive, and its sender got the ICMP error',
  },
  'error-dropped': {
    verdict: 'confirmed',
    meaning:
      'the packet did not arrive. Its ICMP error was dropped on the way back, and its sender did not get it',
  },
  'reset-added': { verdict: 'confirmed', meaning: 'the packet arrived, and so did the RST that was added' },
  'dropped-later': {
    verdict: 'confirmed',
    meaning: 'the packet did not arrive: by another entry, it was dropped later',
  },
  'not-sent': { verdict: 'contradicted', meaning: 'the packet is not in the capture of its sender' },
  'not-arrived': {
    verdict: 'contradicted',
    meaning: 'what was decided to arrive is not in the capture of the receiver',
  },
  'arrived-anyway': { verdict: 'contradicted', meaning: 'the packet was decided to be lost, and it arrived' },
  'arrived-different': {
    verdict: 'contradicted',
    meaning: 'the packet arrived with other bytes than those that were decided',
  },
  'arrived-early': { verdict: 'contradicted', meaning: 'the packet arrived before its delay was over' },
  'no-error': { verdict: 'contradicted', meaning: 'the sender did not get the ICMP error' },
  'capture-gap': { verdict: 'unknown', meaning: 'a capture lacks packets of that time' },
  'before-capture': {
    verdict: 'unknown',
    meaning: 'a capture was not running when the packet was sent or due',
  },
  truncated: { verdict: 'unknown', meaning: 'the frame was truncated when it was captured' },
  'clock-set': { verdict: 'unknown', meaning: 'the clock was set meanwhile' },
  fragment: {
    verdict: 'unknown',
    meaning: 'the packet is a fragment. A kernel on the way may keep it until it has all of its datagram',
  },
  'unknown-fault': { verdict: 'unknown', meaning: 'this version of wirelab does not know the fault' },
  'other-host': { verdict: 'unknown', meaning: 'the packet is not from one host of the lab to the other' },
} as const satisfies Record<string, ReasonFacts>;

export type WireReason = keyof typeof facts;
export const wireReasons: Readonly<Record<WireReason, ReasonFacts>> = facts;
export const wireReasonNames = Object.keys(facts) as readonly WireReason[];

export function wireVerdictOf({ reason }: { readonly reason: WireReason }): Verdict {
  return wireReasons[reason].verdict;
}
