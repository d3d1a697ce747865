import { createHash } from 'node:crypto';
import type { FlagName, FrameOf } from './flags.ts';
import type { HandIn } from './hand-in.ts';

/*
 * What two hand-ins share that they can't share by chance. Each kind of trace becomes keys; hand-ins of different students
 * with the same key are a pair.
 *
 * How likely are equal keys by chance? An initial sequence number has 32 bits that follow from a secret of the kernel and
 * the clock (RFC 9293, 3.4.1), so both of a connection are equal with a chance of 2^-64. A TLS random has 256 bits. A
 * client port is one of 28,232 in Linux, and two times agree to a millisecond with a chance of 1 to 3.6 million in an hour:
 * together 1 to 10^11 for each pair of connections. Two students with 100 connections each have 10^4 such pairs.
 */

interface Key {
  readonly key: string;
  /** What is the same, for the teacher. */
  readonly what: string;
  readonly frame?: number | undefined;
}

/** The files that are the same in many honest hand-ins: empty ones, and captures without a frame. */
const SMALLEST = 64;
/** Times are equal when they are in the same millisecond or the next. */
const MILLISECONDS = 1_000;

const kinds: readonly { readonly flag: FlagName; readonly keysOf: (handIn: HandIn) => readonly Key[] }[] = [
  {
    flag: 'same-file',
    keysOf: ({ judged }) =>
      judged.files
        .filter(({ bytes }) => bytes >= SMALLEST)
        .map(({ name, sha256 }) => ({ key: sha256, what: name })),
  },
  {
    flag: 'same-sequence-numbers',
    keysOf: ({ judged }) =>
      judged.traces.connections.map(({ client, server, frame }) => ({
        key: `${client} ${server}`,
        what: `sequence numbers ${client} and ${server}`,
        frame,
      })),
  },
  {
    flag: 'same-tls-randoms',
    keysOf: ({ judged }) =>
      judged.traces.randoms.map(({ random, frame }) => ({ key: random, what: `random ${random.slice(0, 16)}…`, frame })),
  },
  {
    flag: 'same-ports-and-times',
    keysOf: ({ judged: { traces } }) =>
      [...traces.connections, ...traces.ports].map(({ port, time, frame }) => ({
        key: `${port} ${Math.floor(time * MILLISECONDS)}`,
        what: `port ${port} at ${new Date(time * 1_000).toISOString()}`,
        frame,
      })),
  },
  {
    flag: 'same-key',
    keysOf: ({ judged: { publicKey } }) =>
      publicKey ? [{ key: publicKey, what: `key ${digestOf(publicKey)}` }] : [],
  },
];

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

/** Flags hand-ins of different students that share what they can't share, and those of one student. */
export function comparePairs(handIns: readonly HandIn[]): void {
  for (const { flag, keysOf } of kinds) {
    for (const { handIn, other, shared } of sharing(handIns, keysOf)) {
      const frames: FrameOf[] = shared.flatMap(({ frame }) => (frame === undefined ? [] : [{ capture: 'server', number: frame }]));
      const { what } = shared[0]!;
      const more = shared.length > 1 ? ` and ${shared.length - 1} more` : '';
      handIn.shared.add(flag, `${other.name}: ${what}${more}`, frames, shared.length);
    }
  }
  compareTimes(handIns);
  compareNumbers(handIns);
  for (const handIn of handIns) {
    const again = handIns.filter((other) => other !== handIn && isOfSame(handIn, other));
    for (const { file } of again) handIn.shared.add('several-hand-ins', file);
  }
}

function isOfSame(one: HandIn, other: HandIn): boolean {
  return one.student !== '' && one.student === other.student && one.sheet === other.sheet;
}

interface Sharing {
  readonly handIn: HandIn;
  readonly other: HandIn;
  /** The keys of `handIn` that the other one has too. */
  readonly shared: readonly Key[];
}

/** Each hand-in with each other one of another student that has one of its keys. */
function* sharing(handIns: readonly HandIn[], keysOf: (handIn: HandIn) => readonly Key[]): Generator<Sharing> {
  const owners = new Map<string, Set<HandIn>>();
  const keys = new Map(handIns.map((handIn) => [handIn, keysOf(handIn)]));
  for (const [handIn, own] of keys) {
    for (const { key } of own) owners.set(key, (owners.get(key) ?? new Set()).add(handIn));
  }
  for (const [handIn, own] of keys) {
    const by = new Map<HandIn, Key[]>();
    for (const key of own) {
      for (const other of owners.get(key.key)!) {
        if (other === handIn || isOfSame(handIn, other)) continue;
        by.set(other, [...(by.get(other) ?? []), key]);
      }
    }
    for (const [other, shared] of by) yield { handIn, other, shared };
  }
}

/** The fewest connections from the same ports whose times differ by the same. */
const SHIFTED = 3;

/**
 * Times can be shifted, and then the ports remain. For connections from the same ports, the difference of their times is then
 * always the same, which by chance only one of 28,232 * 3.6 million pairs of connections has.
 */
function compareTimes(handIns: readonly HandIn[]): void {
  const byPort = new Map<number, { readonly handIn: HandIn; readonly time: number; readonly frame: number }[]>();
  for (const handIn of handIns) {
    const { connections, ports } = handIn.judged.traces;
    for (const { port, time, frame } of [...connections, ...ports]) {
      const others = byPort.get(port) ?? [];
      byPort.set(port, others);
      others.push({ handIn, time, frame });
    }
  }
  const shifts = new Map<HandIn, Map<HandIn, Map<number, number[]>>>();
  for (const same of byPort.values()) {
    for (const one of same) {
      for (const other of same) {
        if (one.handIn === other.handIn || isOfSame(one.handIn, other.handIn)) continue;
        const ofOne = shifts.get(one.handIn) ?? new Map<HandIn, Map<number, number[]>>();
        const ofPair = ofOne.get(other.handIn) ?? new Map<number, number[]>();
        const shift = Math.round((other.time - one.time) * MILLISECONDS);
        ofPair.set(shift, [...(ofPair.get(shift) ?? []), one.frame]);
        shifts.set(one.handIn, ofOne.set(other.handIn, ofPair));
      }
    }
  }
  for (const [handIn, others] of shifts) {
    for (const [other, ofPair] of others) flagShift(handIn, other, ofPair);
  }
}

function flagShift(handIn: HandIn, other: HandIn, shifts: ReadonlyMap<number, readonly number[]>): void {
  // Rounding may put equal differences into two neighbouring milliseconds.
  const near = (shift: number) => [shift - 1, shift, shift + 1].flatMap((one) => shifts.get(one) ?? []);
  const [best, frames] = [...shifts.keys()]
    .map((shift) => [shift, near(shift)] as const)
    .reduce((most, one) => (one[1].length > most[1].length ? one : most));
  if (frames.length < SHIFTED || Math.abs(best) <= 1) return;
  handIn.shared.add(
    'same-ports-and-times',
    `${other.name}: ${frames.length} connections from the same ports, each ${best / MILLISECONDS} s apart`,
    frames.map((number) => ({ capture: 'server' as const, number })),
    frames.length,
  );
}

/** Says whose numbers a run has, if that student is among the hand-ins. */
function compareNumbers(handIns: readonly HandIn[]): void {
  for (const handIn of handIns) {
    const { numbers } = handIn.judged;
    if (!numbers) continue;
    for (const other of handIns) {
      const theirs = other.judged.numbers;
      if (!theirs || other.name === handIn.name) continue;
      const what = [
        ...(numbers.runSeed !== numbers.seed && numbers.runSeed === theirs.seed ? [`seed ${theirs.seed}`] : []),
        ...(numbers.runAddress !== numbers.address && numbers.runAddress === theirs.address
          ? [`address ${theirs.address}`]
          : []),
      ];
      if (what.length > 0) handIn.shared.add('numbers-of-another', `${other.name}: ${what.join(', ')}`);
    }
  }
}
