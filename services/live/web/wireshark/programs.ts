import type { Timer } from '#lib/runtime/timer.ts';
import type { Loaded } from './details.ts';
import { type Matcher, Matching, type MatchingParts } from './matching.ts';
import { Pool } from './pool.ts';
import { Sharkd } from './sharkd.ts';

/** Starts a tshark for a display filter. */
export type StartMatching = (parts: Omit<MatchingParts, 'program' | 'environment'>) => Matcher;

/** Wireshark's programs, as the server uses them. */
export interface Programs {
  readonly pool: Pool<Loaded>;
  readonly startMatching: StartMatching;
}

/** Programs that dissect packets, and requests that may wait for them. */
const DISSECTORS = 2;
const MOST_WAITING = 16;
/** How long Wireshark may take for a request, in ms. */
const PATIENCE_MS = 10_000;

/** @param environment the programs find their settings by it */
export function wiresharkPrograms(
  environment: Readonly<Record<string, string | undefined>>,
  timer: Timer,
): Programs {
  const parts = { command: ['sharkd', '-'], environment, timer, patience: PATIENCE_MS } as const;
  return {
    pool: new Pool(
      Array.from({ length: DISSECTORS }, () => new Sharkd<Loaded>(parts)),
      MOST_WAITING,
    ),
    startMatching: (own) => new Matching({ program: 'tshark', environment, ...own }),
  };
}
