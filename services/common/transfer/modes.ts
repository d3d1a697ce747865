import { goBackN } from './go-back-n.ts';
import type { Mode, ModeName } from './machine.ts';
import { selectiveRepeat } from './selective-repeat.ts';
import { stopAndWait } from './stop-and-wait.ts';

export const modes: Readonly<Record<ModeName, Mode>> = {
  'stop-and-wait': stopAndWait,
  'go-back-n': goBackN,
  'selective-repeat': selectiveRepeat,
};
