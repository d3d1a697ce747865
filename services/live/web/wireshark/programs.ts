import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
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

/** Those of Wireshark's programs that run all the while. */
const NEEDED = ['tshark', 'sharkd'] as const;
/** Programs that dissect packets, and requests that may wait for them. */
const DISSECTORS = 2;
const MOST_WAITING = 64;
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

/** @throws when one of Wireshark's programs is missing */
export async function mustHavePrograms(path: string | undefined): Promise<void> {
  for (const program of NEEDED) {
    const places = (path ?? '').split(delimiter).map((folder) => join(folder, program));
    await Promise.any(places.map((place) => access(place, constants.X_OK))).catch(() => {
      throw new Error(`PATH is "${path ?? ''}", which has no ${program}; the image of the captures has it`);
    });
  }
}
