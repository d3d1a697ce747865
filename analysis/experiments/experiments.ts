import { balance } from './balance.ts';
import { corruption, delay, loss } from './echo-faults.ts';
import type { DemoExperiment } from './experiment.ts';
import { goBackN } from './go-back-n.ts';
import { longQueue } from './long-queue.ts';
import { lostAck, lostSegment, lostSyn } from './lost-packets.ts';
import { plainText } from './plain-text.ts';
import { corruptionOnce, delayOnce, lossThrice, udp } from './retries.ts';
import type { Step, Target } from './steps.ts';
import { tampering } from './tampering.ts';
import { exchangeThreeWays } from './three-ways-steps.ts';

/** A part of the demo, which it announces in one line. */
interface Part {
  announcement(target: Target): string;
  /** Steps that belong to no single experiment. */
  readonly steps?: (target: Target) => readonly Step[];
  readonly experiments: readonly DemoExperiment[];
}

/** The whole demo, in order. */
const parts: readonly Part[] = [
  {
    announcement: () => 'a login and a message three ways: plain text, TLS, TLS with its keys',
    steps: exchangeThreeWays,
    experiments: [],
  },
  { announcement: () => 'plain text to the sink', experiments: [plainText] },
  {
    announcement: () => 'delay, loss and corruption of an echo',
    experiments: [delay, loss, corruption],
  },
  {
    announcement: () =>
      'a client that tries again after three losses, a delay beyond its timeout, and a corruption',
    experiments: [lossThrice, delayOnce, corruptionOnce],
  },
  { announcement: () => 'the same over UDP', experiments: [udp] },
  {
    announcement: ({ timeout }) => `twenty balance requests with a timeout of ${timeout} s`,
    experiments: [balance],
  },
  {
    announcement: () => 'go-back-N over a wire that loses one datagram in five',
    experiments: [goBackN],
  },
  {
    announcement: () => 'a wire between the hosts, which loses a SYN, a segment and an ACK',
    experiments: [lostSyn, lostSegment, lostAck],
  },
  { announcement: () => 'a flow through a long queue, and a ping beside it', experiments: [longQueue] },
  {
    announcement: () => 'an attacker on the wire, who alters a message',
    experiments: [tampering],
  },
];

export const experiments: readonly DemoExperiment[] = parts.flatMap((part) => part.experiments);

/** Those that need a wire. */
export const wireExperiments: readonly DemoExperiment[] = experiments.filter(({ onWire }) => onWire);

/** The steps of setup/demo.sh. */
export function demoSteps(target: Target): Step[] {
  const needsWire = ({ experiments: own }: Part) => own.some(({ onWire }) => onWire);
  const made = target.hasWire ? parts : parts.filter((part) => !needsWire(part));
  const steps = made.flatMap(({ announcement, steps: first, experiments: own }): Step[] => [
    ['say', announcement(target)],
    ...(first?.(target) ?? []),
    ...own.flatMap((experiment) => experiment.steps(target)),
  ]);
  return target.hasWire ? steps : [...steps, ['say', WITHOUT_WIRE]];
}

const WITHOUT_WIRE = `${wireExperiments.length} experiments are not made, because a wire needs /dev/net/tun, which this machine does not have`;
