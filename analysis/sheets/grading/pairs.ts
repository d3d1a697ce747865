import { createHash } from 'node:crypto';
import type { FlagName, FrameOf } from './flags.ts';
import type { HandIn } from './hand-in.ts';

/*
 * What two hand-ins share that they can't share by chance. Each kind of trace becomes keys; hand-ins of different students
 * with the same key are a pair.
 *
 * How likely are equal keys by chance? An initial sequence number has 32 bits, from a secret of the kernel and the clock
 * (RFC 9293, 3.4.1). Both of a connection are equal with a chance of 2^-64. A TLS random has 256 bits. A client port is one
 * of 28,232 in Linux. Two times of an hour are in the same microsecond with a chance of 1 to 3.6 * 10^9. Together that is 1
 * to 10^14 for two connections, and two students with 100 connections each have 10^4 such pairs.
 *
 * Linux gives the connections of a program ports that follow each other, so a few students of a class have many ports in common. Their
 * programs also wait equally long between two connections, but not to the microsecond.
 */

interface Key {
  readonly key: string;
  /** What is the same, for the teacher. */
  readonly what: string;
  readonly frame?: number | undefined;
}

/** The files that are the same in many honest hand-ins: empty ones, and captures without a frame. */
const SMALLEST = 64;
/** A capture has times in microseconds. */
const MICROSECONDS = 1_000_000;

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
      judged.traces.randoms.map(({ random, frame }) => ({
        key: random,
        what: `random ${random.slice(0, 16)}…`,
        frame,
      })),
  },
  {
    flag: 'same-ports-and-times',
    keysOf: ({ judged: { traces } }) =>
      [...traces.connections, ...traces.ports].map(({ port, time, frame }) => ({
        key: `${port} ${Math.round(time * MICROSECONDS)}`,
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

/** The flags that two hand-ins of different students have together. */
export const pairFlags: readonly FlagName[] = kinds.map(({ flag }) => flag);

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

/** Flags hand-ins of different students that share what they can't share, and those of one student. */
export function comparePairs(handIns: readonly HandIn[]): void {
  for (const { flag, keysOf } of kinds) {
    for (const [{ handIn, other }, shared] of sharing(handIns, keysOf)) {
      const frames: FrameOf[] = shared.flatMap(({ frame }) =>
        frame === undefined ? [] : [{ capture: 'server', number: frame }],
      );
      const { what } = shared[0]!;
      const more = shared.length > 1 ? ` and ${shared.length - 1} more` : '';
      handIn.shared.add(flag, `${other.name}: ${what}${more}`, frames, shared.length);
    }
  }
  const starts = new Map(handIns.map((handIn) => [handIn, startsOf(handIn)]));
  for (const { handIn, other } of ofTwo(handIns)) {
    compareTimes({ handIn, other }, starts.get(handIn)!, starts.get(other)!);
    compareNumbers(handIn, other);
  }
  for (const handIn of handIns) {
    const again = handIns.filter(
      (other) => other !== handIn && isOfSame(handIn, other) && other.sheet === handIn.sheet,
    );
    for (const { file } of again) handIn.shared.add('several-hand-ins', file);
  }
}

function isOfSame(one: HandIn, other: HandIn): boolean {
  return one.student !== '' && one.student === other.student;
}

/** A hand-in and one of another student. A student signs all her sheets with one key. */
interface Pair {
  readonly handIn: HandIn;
  readonly other: HandIn;
}

function* ofTwo(handIns: readonly HandIn[]): Generator<Pair> {
  for (const handIn of handIns) {
    for (const other of handIns) if (other !== handIn && !isOfSame(handIn, other)) yield { handIn, other };
  }
}

/** Each pair with the keys of the first that the other one has too. */
function sharing(handIns: readonly HandIn[], keysOf: (handIn: HandIn) => readonly Key[]): Map<Pair, Key[]> {
  const owners = new Map<string, Map<HandIn, Key>>();
  for (const handIn of handIns) {
    for (const one of keysOf(handIn)) {
      const of = owners.get(one.key) ?? new Map<HandIn, Key>();
      owners.set(one.key, of.set(handIn, one));
    }
  }
  const pairs = new Map<string, Pair>();
  const shared = new Map<Pair, Key[]>();
  for (const of of owners.values()) {
    for (const pair of ofTwo([...of.keys()])) {
      const name = `${handIns.indexOf(pair.handIn)} ${handIns.indexOf(pair.other)}`;
      const known = pairs.get(name) ?? pair;
      pairs.set(name, known);
      shared.set(known, [...(shared.get(known) ?? []), of.get(pair.handIn)!]);
    }
  }
  return shared;
}

/** The fewest connections from the same ports whose times differ by the same, and their share of all. */
const SHIFTED = { least: 4, share: 0.5 };

/**
 * Times can be shifted together, and then the ports remain. For connections from the same ports, the differences of their
 * times are then equal. Among many connections of two honest students some are by chance, so at least half of them must be.
 */
function compareTimes({ handIn, other }: Pair, own: Starts, theirs: Starts): void {
  const differences = own.all.flatMap(({ port, time, frame }) =>
    (theirs.byPort.get(port) ?? []).map((start) => ({
      frame,
      by: Math.round((start.time - time) * MICROSECONDS),
    })),
  );
  const most = mostAlike(differences.sort((one, other) => one.by - other.by));
  const by = most[Math.floor(most.length / 2)]?.by ?? 0;
  const least = Math.max(SHIFTED.least, SHIFTED.share * Math.min(own.all.length, theirs.all.length));
  if (most.length < least || Math.abs(by) <= 1) return;
  const frames = most.map(({ frame }) => ({ capture: 'server' as const, number: frame }));
  const what = `${most.length} connections from the same ports, each ${Math.abs(by) / MICROSECONDS} s apart`;
  handIn.shared.add('same-ports-and-times', `${other.name}: ${what}`, frames, most.length);
}

/**
 * The most differences around one of them; the list is sorted. Rounding may put equal ones into two neighbouring microseconds. A
 * hostile hand-in has thousands of connections from one port, so each is looked at once.
 */
function mostAlike<Difference extends { readonly by: number }>(sorted: readonly Difference[]): Difference[] {
  let [from, to, best, length] = [0, 0, 0, 0];
  for (const { by } of sorted) {
    while (sorted[from]!.by < by - 1) from += 1;
    while (to < sorted.length && sorted[to]!.by <= by + 1) to += 1;
    if (to - from > length) [best, length] = [from, to - from];
  }
  return sorted.slice(best, best + length);
}

/** When the connections of a hand-in began, and the datagrams from each UDP port. */
interface Starts {
  readonly all: readonly HandIn['judged']['traces']['ports'][number][];
  readonly byPort: ReadonlyMap<number, Starts['all']>;
}

function startsOf({ judged: { traces } }: HandIn): Starts {
  const all = [...traces.connections, ...traces.ports];
  return { all, byPort: Map.groupBy(all, ({ port }) => port) };
}

/** Says whose numbers a run has, if that student is among the hand-ins. */
function compareNumbers(handIn: HandIn, other: HandIn): void {
  const { numbers } = handIn.judged;
  const theirs = other.judged.numbers;
  if (!numbers || !theirs || other.name === handIn.name) return;
  const { seed, address, runSeed, runAddress } = numbers;
  const what = [
    ...(runSeed !== seed && runSeed === theirs.seed ? [`seed ${theirs.seed}`] : []),
    ...(runAddress !== address && runAddress === theirs.address ? [`address ${theirs.address}`] : []),
  ];
  if (what.length > 0) handIn.shared.add('numbers-of-another', `${other.name}: ${what.join(', ')}`);
}
