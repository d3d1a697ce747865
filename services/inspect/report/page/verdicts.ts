import { isTied, type Verdict } from '../../join/tie.ts';

/** Whether a decision with this verdict is borne out by the packets. */
export function isBorneOut(verdict: Verdict): boolean {
  return isTied({ verdict });
}
