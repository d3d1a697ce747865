import type { FaultNames } from './fault-profile.ts';

/** The outcomes of a request to `/getbalance`, in the order in which a draw is compared with their probabilities. */
export const outcomes = {
  noun: 'outcome',
  faults: ['timeout', '403', '500'],
  rest: '200',
} as const satisfies FaultNames;

export type Outcome = (typeof outcomes.faults)[number] | typeof outcomes.rest;
