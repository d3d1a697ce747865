import { type FaultProfile, formatProfile, parseProfile } from '#lib/faults/fault-profile.ts';
import type { Delay, Tampering, WireOptions } from '#lib/faults/wire/fault.ts';
import { type DrawnName, drawnNames } from '#lib/faults/wire/index.ts';
import { formatScript, parseScript, type Read, type Rule } from './script.ts';
import { everything, formatSelection, readSelection, SELECTION_WORDS, type Selection } from './selection.ts';
import { LONGEST_MS, rate, size, time } from './units.ts';

export const directions = ['up', 'down'] as const;
/** `up`: from the client host to the server host. */
export type Direction = (typeof directions)[number];

/** How much waits for a link of limited rate, in packets or in bytes. */
export type QueueLimit = { readonly packets: number } | { readonly bytes: number };

export const disciplines = ['tail-drop', 'red', 'codel'] as const;
export type Discipline = (typeof disciplines)[number];

/** Everything that a person can set for one direction of the wire. */
export interface Conditions {
  readonly faults: FaultProfile<DrawnName>;
  /** The mean number of packets in a burst of losses. Undefined: each loss is independent. */
  readonly burst: number | undefined;
  readonly reorderBy: number;
  readonly delay: number;
  readonly jitter: Pick<Delay, 'jitterMs' | 'shape'>;
  /** Whether jitter lets packets overtake each other. */
  readonly order: 'keep' | 'free';
  /** In bits per second of Ethernet frames, as captures have them. Undefined: without a limit and without a queue. */
  readonly rate: number | undefined;
  /** The bytes that pass at once after a pause: the depth of the token bucket. */
  readonly bucket: number;
  readonly queue: QueueLimit;
  readonly aqm: Discipline;
  readonly mtu: Pick<WireOptions, 'mtu' | 'oversize'>;
  readonly tamper: Tampering | undefined;
  /** The packets that faults and delay concern. Rate and queue concern all. */
  readonly filter: Selection;
  readonly script: readonly Rule[];
}

/** One condition: how a person types it. */
interface Condition<Value> {
  readonly meaning: string;
  /** The text of what is in force when nothing is set. */
  readonly fallback: string;
  parse(text: string): Read<Value>;
  format(value: Value): string;
}

/** As long as a kernel's queue of a device, 1000 packets, would hold at 10 Gbit/s: nobody needs more here. */
const LARGEST_QUEUE = 100_000;

/** Every condition, in the order in which they are shown. */
export const conditions: { readonly [Name in keyof Conditions]: Condition<Conditions[Name]> } = {
  faults: {
    meaning: `fault profile; faults: ${drawnNames.faults.join(', ')}`,
    fallback: 'none',
    parse(text) {
      const { profile, problems } = parseProfile(text, drawnNames);
      if (!profile) return { problem: problems.join('; ') };
      return profile.kind === 'script'
        ? { problem: 'a script has its own setting; allowed: probabilities such as loss=0.05, or none' }
        : { value: profile };
    },
    format: formatProfile,
  },
  burst: optional('mean number of packets in a burst of losses', {
    allowed: 'a number of packets from 1 to 1000',
    parse: (text) => within(text, 1, 1_000),
    format: String,
  }),
  reorderBy: {
    meaning: 'how many packets a reordered packet lets pass',
    fallback: '1',
    parse: (text) => read(whole(text, 1, 1_000), 'a whole number from 1 to 1000'),
    format: String,
  },
  delay: {
    meaning: 'how long each packet takes',
    fallback: '0ms',
    parse: (text) => read(upTo(time.parse(text), LONGEST_MS), `${time.allowed}, at most 60s`),
    format: time.format,
  },
  jitter: {
    meaning: 'by how much the delay varies: uniform, or normal with this standard deviation',
    fallback: '0ms',
    parse(text) {
      const [amount = '', shape = 'uniform', ...more] = text.split(/\s+/);
      const jitterMs = upTo(time.parse(amount), LONGEST_MS);
      const isShape = shape === 'uniform' || shape === 'normal';
      return jitterMs !== undefined && isShape && more.length === 0
        ? { value: { jitterMs, shape } }
        : { problem: 'allowed: a time such as 5ms, at most 60s, alone or followed by uniform or normal' };
    },
    format: ({ jitterMs, shape }) => `${time.format(jitterMs)}${shape === 'normal' ? ' normal' : ''}`,
  },
  order: choice('keep: jitter never lets a packet overtake another; free: it does', ['keep', 'free']),
  rate: optional('bits per second, counted over Ethernet frames as captures have them', {
    allowed: `${rate.allowed}, from 1kbit to 10gbit`,
    parse: (text) => upTo(atLeast(rate.parse(text), 1e3), 1e10),
    format: rate.format,
  }),
  bucket: {
    meaning: 'how much passes at once after a pause, before the rate counts',
    fallback: '0B',
    parse: (text) => read(upTo(size.parse(text), 1e8), `${size.allowed}, at most 100MB`),
    format: size.format,
  },
  queue: {
    meaning: 'what may wait when there is a rate: packets, or bytes',
    fallback: '100',
    parse(text) {
      const packets = whole(text, 1, LARGEST_QUEUE);
      const bytes = upTo(atLeast(size.parse(text), 1_514), 1e8);
      if (packets !== undefined) return { value: { packets } };
      return bytes === undefined
        ? { problem: `allowed: packets from 1 to ${LARGEST_QUEUE}, or ${size.allowed} from 1514B to 100MB` }
        : { value: { bytes } };
    },
    format: (limit) => ('packets' in limit ? String(limit.packets) : size.format(limit.bytes)),
  },
  aqm: choice('what drops packets of the queue', disciplines),
  mtu: {
    meaning:
      'largest IP packet; a larger one is dropped and its sender gets an ICMP error, or nothing (black-hole)',
    fallback: 'none',
    parse(text) {
      if (text === 'none') return { value: { mtu: undefined, oversize: 'icmp' } };
      const [number = '', oversize = 'icmp', ...more] = text.split(/\s+/);
      const mtu = whole(number, 68, 65_535);
      return mtu !== undefined && (oversize === 'icmp' || oversize === 'black-hole') && more.length === 0
        ? { value: { mtu, oversize } }
        : { problem: 'allowed: bytes from 68 to 65535, alone or followed by black-hole; or none' };
    },
    format: ({ mtu, oversize }) =>
      mtu === undefined ? 'none' : `${mtu}${oversize === 'icmp' ? '' : ` ${oversize}`}`,
  },
  tamper: {
    meaning: 'what the fault tamper does: replace pay=bay, replay 200ms, or rst',
    fallback: 'none',
    parse: parseTamper,
    format: formatTamper,
  },
  filter: {
    meaning: 'the packets that faults and delay concern',
    fallback: 'none',
    parse(text) {
      if (text === 'none') return { value: everything };
      const words = text.split(/\s+/);
      const { selection, problem } = readSelection(words);
      if (problem) return { problem };
      return words.length === 0
        ? { value: selection }
        : { problem: `"${words.join(' ')}" selects nothing; allowed: ${SELECTION_WORDS}, or none` };
    },
    format: (selection) => formatSelection(selection) || 'none',
  },
  script: {
    meaning: 'faults for numbered packets of each flow, such as drop tcp data 5',
    fallback: 'none',
    parse: (text) => (text === 'none' ? { value: [] } : parseScript(text)),
    format: (rules) => formatScript(rules) || 'none',
  },
};

export type ConditionName = keyof Conditions;
export const conditionNames = Object.keys(conditions) as readonly ConditionName[];

function parseTamper(text: string): Read<Tampering | undefined> {
  if (text === 'none') return { value: undefined };
  if (text === 'rst') return { value: { how: 'rst' } };
  const [, how, rest = ''] = /^(replace|replay) (.+)$/.exec(text) ?? [];
  if (how === 'replay') {
    const afterMs = upTo(time.parse(rest), LONGEST_MS);
    if (afterMs !== undefined) return { value: { how, afterMs } };
  }
  if (how === 'replace') {
    const [find, put, ...more] = rest.split('=').map((part) => Buffer.from(part));
    if (find && find.length > 0 && find.length === put?.length && more.length === 0) {
      return { value: { how, find, put } };
    }
  }
  return {
    problem:
      'allowed: replace OLD=NEW with as many bytes in NEW as in OLD, replay and a time such as replay 200ms, rst, or none',
  };
}

function formatTamper(tamper: Tampering | undefined): string {
  if (!tamper) return 'none';
  if (tamper.how === 'replay') return `replay ${time.format(tamper.afterMs)}`;
  return tamper.how === 'rst' ? 'rst' : `replace ${tamper.find}=${tamper.put}`;
}

/** A condition that may be missing: `none`. */
function optional(
  meaning: string,
  {
    allowed,
    parse,
    format,
  }: { allowed: string; parse(text: string): number | undefined; format(value: number): string },
): Condition<number | undefined> {
  return {
    meaning,
    fallback: 'none',
    parse: (text) => (text === 'none' ? { value: undefined } : read(parse(text), `${allowed}, or none`)),
    format: (value) => (value === undefined ? 'none' : format(value)),
  };
}

function choice<const Word extends string>(
  meaning: string,
  words: readonly [Word, ...Word[]],
): Condition<Word> {
  return {
    meaning,
    fallback: words[0],
    parse: (text) =>
      read(
        words.find((word) => word === text),
        words.join(', '),
      ),
    format: (word) => word,
  };
}

function read<Value>(value: Value | undefined, allowed: string): Read<Value> {
  return value === undefined ? { problem: `allowed: ${allowed}` } : { value };
}

function within(text: string, from: number, to: number): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? upTo(atLeast(Number(text), from), to) : undefined;
}

function whole(text: string, from: number, to: number): number | undefined {
  return /^\d+$/.test(text) ? within(text, from, to) : undefined;
}

function atLeast(value: number | undefined, least: number): number | undefined {
  return value !== undefined && value >= least ? value : undefined;
}

function upTo(value: number | undefined, most: number): number | undefined {
  return value !== undefined && value <= most ? value : undefined;
}
