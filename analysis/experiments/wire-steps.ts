import type { Step } from './steps.ts';

type Texts = Readonly<Record<string, string>>;

/** What is in force in each direction, as the journal of the wire has it. */
export interface Conditions {
  readonly up: Texts;
  readonly down: Texts;
}

/** So long that a round trip is much longer than a busy machine stalls: no timeout comes before a fast retransmit. */
const FAR = { delay: '150ms' } as const;

/** How much the queue of the demo holds, in bytes, and how fast it drains, in bits per second. */
export const QUEUE_BYTES = 40_000;
export const QUEUE_RATE = 500_000;

/** What an attacker on the wire looks for, and what he puts in its place. */
export const attack = {
  message: { find: 'Hey', put: 'Bye' },
  /** All that is readable in TLS. */
  name: { find: 'server-host', put: 'server-evil' },
} as const;

const replacing = ({ find, put }: (typeof attack)[keyof typeof attack]) => ({
  tamper: `replace ${find}=${put}`,
});

/** The conditions of the demo. Each experiment on the wire has its own, by which its packets are found. */
export const conditions = {
  lostSyn: { up: { script: 'drop syn 1' }, down: {} },
  lostSegment: { up: { ...FAR, script: 'drop tcp data 5' }, down: FAR },
  lostAck: { up: FAR, down: { ...FAR, script: 'drop ack 3' } },
  longQueue: { up: { rate: `${QUEUE_RATE / 1_000}kbit`, queue: `${QUEUE_BYTES / 1_000}kB` }, down: {} },
  plain: { up: replacing(attack.message), down: {} },
  overTls: { up: replacing(attack.name), down: {} },
} as const satisfies Record<string, Conditions>;

/** Puts these conditions in force, and no others. */
export function wire({ up, down }: Conditions): Step {
  return ['wire', 'RESET=1', ...typed('UP', up), ...typed('DOWN', down)];
}

/** Removes the wire. */
export const noWire: Step = ['wire', 'OFF=1'];

function typed(side: 'UP' | 'DOWN', texts: Texts): string[] {
  return Object.entries(texts).map(([name, value]) => `${side}_${name.toUpperCase()}=${value}`);
}
