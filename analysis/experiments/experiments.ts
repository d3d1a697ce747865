import { balance } from './balance.ts';
import { corruption, delay, loss } from './echo-faults.ts';
import type { DemoExperiment } from './experiment.ts';
import { goBackN } from './go-back-n.ts';
import { plainText } from './plain-text.ts';
import { corruptionOnce, delayOnce, lossThrice, udp } from './retries.ts';

/** In the order in which setup/demo.sh makes them. */
export const experiments: readonly DemoExperiment[] = [
  plainText,
  delay,
  loss,
  corruption,
  lossThrice,
  delayOnce,
  corruptionOnce,
  udp,
  balance,
  goBackN,
];
