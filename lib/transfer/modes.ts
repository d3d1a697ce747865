import { LARGEST_WINDOW, SPACE } from './datagram.ts';
import { goBackN } from './go-back-n.ts';
import type { ModeName } from './kinds.ts';
import type { Mode } from './machine.ts';
import { selectiveRepeat } from './selective-repeat.ts';
import { stopAndWait } from './stop-and-wait.ts';

export const modes: Readonly<Record<ModeName, Mode>> = {
  'stop-and-wait': stopAndWait,
  'go-back-n': goBackN,
  'selective-repeat': selectiveRepeat,
};

/** The largest window that a datagram may ask for with a protocol. */
export function largestWindow(mode: ModeName): number {
  return Math.min(LARGEST_WINDOW, modes[mode].largestWindow(SPACE));
}
