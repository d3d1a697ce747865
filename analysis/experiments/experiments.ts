import { balance } from './balance.ts';
import { corruption, delay, loss } from './echo-faults.ts';
import type { DemoExperiment } from './experiment.ts';
import { goBackN } from './go-back-n.ts';
import { plainText } from './plain-text.ts';
import { corruptionOnce, delayOnce, lossThrice, udp } from './retries.ts';
import type { Step, Target } from './steps.ts';
import { sayThreeWays } from './three-ways-steps.ts';

/** What `make demo` announces in one line. */
interface Part {
  says(target: Target): string;
  /** Steps that prepare it, or that no single experiment is about. */
  readonly steps?: (target: Target) => readonly Step[];
  readonly experiments: readonly DemoExperiment[];
}

/** The demo: all that it does, in order. */
const parts: readonly Part[] = [
  {
    says: () => '3.1.4  a login and a message three ways: plain text, TLS, TLS whose keys are kept',
    steps: sayThreeWays,
    experiments: [],
  },
  { says: () => '3.1    plain text to the sink', experiments: [plainText] },
  {
    says: () => '3.2.2  delay, loss and corruption of an echo',
    experiments: [delay, loss, corruption],
  },
  {
    says: () => '3.3.3  a client that asks again: loss three times, a delay beyond its time-out, corruption',
    experiments: [lossThrice, delayOnce, corruptionOnce],
  },
  { says: () => '3.3.1  the same over UDP', experiments: [udp] },
  { says: ({ timeout }) => `twenty balance requests, each given ${timeout} s`, experiments: [balance] },
  { says: () => 'go-back-N over a wire that loses one datagram in five', experiments: [goBackN] },
];

export const experiments: readonly DemoExperiment[] = parts.flatMap((part) => part.experiments);

/** What setup/demo.sh has to do. */
export function demoSteps(target: Target): Step[] {
  return parts.flatMap(({ says, steps, experiments: own }): Step[] => [
    ['say', says(target)],
    ...(steps?.(target) ?? []),
    ...own.flatMap((experiment) => experiment.steps(target)),
  ]);
}
