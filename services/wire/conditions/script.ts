import type { WireFault, WireOptions } from '#lib/faults/wire/fault.ts';
import { wireFaultFor, wireVerbs } from '#lib/faults/wire/index.ts';
import type { Packet } from '#lib/packet/packet.ts';
import { formatSelection, readSelection, SELECTION_WORDS, type Selection, selects } from './selection.ts';
import { LONGEST_MS, time } from './units.ts';

/** One line of a script: what happens to which packets of every flow. */
export interface Rule {
  readonly fault: WireFault;
  readonly selection: Selection;
  /** Counted over the packets of one flow and direction that the selection selects, from 1. Both are included. */
  readonly from: number;
  readonly to: number;
  /** What is after `by`: a time for `delay`, a number of packets for `reorder`. */
  readonly by: number | undefined;
}

export type Read<Value> = { readonly value: Value } | { readonly problem: string };

const FORM =
  'rules separated by commas, each: a verb, the packets, their numbers. Examples: drop tcp data 5, drop ack 3-6, delay udp 2 by 200ms';

/** Reads `drop tcp data 5, drop ack 3-6`. */
export function parseScript(text: string): Read<readonly Rule[]> {
  const rules: Rule[] = [];
  for (const part of text.split(',')) {
    const read = parseRule(part.trim());
    if ('problem' in read) return read;
    rules.push(read.value);
  }
  return { value: rules };
}

function parseRule(text: string): Read<Rule> {
  const words = text.split(/\s+/);
  const verb = words.shift() ?? '';
  const fault = wireFaultFor(verb);
  if (!fault) return { problem: `"${text}" begins with no verb; allowed: ${wireVerbs.join(', ')}` };
  const { selection, problem } = readSelection(words);
  if (problem) return { problem: `"${text}": ${problem}` };
  const numbers = parseNumbers(words.shift());
  if (!numbers)
    return {
      problem: `"${text}" has no number of packets after ${verb}; allowed: ${FORM}; words: ${SELECTION_WORDS}`,
    };
  const by = parseBy(fault, words);
  return 'problem' in by
    ? { problem: `"${text}": ${by.problem}` }
    : { value: { fault, selection, ...numbers, by: by.value } };
}

function parseNumbers(text = ''): { readonly from: number; readonly to: number } | undefined {
  const [, from, to = from] = /^([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?$/.exec(text) ?? [];
  return from !== undefined && Number(from) <= Number(to)
    ? { from: Number(from), to: Number(to) }
    : undefined;
}

const MOST_PASSING = 1_000;

/** The units of what may follow `by`. */
const BY = {
  delay: {
    allowed: `by and ${time.allowed}, at most 60s`,
    parse: time.parse,
    most: LONGEST_MS,
    isNeeded: true,
  },
  reorder: {
    allowed: `by and a whole number of packets from 1 to ${MOST_PASSING}`,
    parse: (text: string) => (/^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined),
    most: MOST_PASSING,
    isNeeded: false,
  },
} as const;

function parseBy({ name, verb }: WireFault, words: readonly string[]): Read<number | undefined> {
  const how = name === 'delay' || name === 'reorder' ? BY[name] : undefined;
  if (words.length === 0 && !how?.isNeeded) return { value: undefined };
  const [by, text = '', ...more] = words;
  const value = by === 'by' && more.length === 0 ? how?.parse(text) : undefined;
  if (how && value !== undefined && value <= how.most) return { value };
  return { problem: `"${words.join(' ')}" at the end; allowed after ${verb}: ${how?.allowed ?? 'nothing'}` };
}

/** The text that `parseScript` reads back as these rules. */
export function formatScript(rules: readonly Rule[]): string {
  return rules.map(formatRule).join(', ');
}

export function formatRule({ fault, selection, from, to, by }: Rule): string {
  const end = by !== undefined && `by ${fault.name === 'delay' ? time.format(by) : by}`;
  const words = [fault.verb, formatSelection(selection), from === to ? from : `${from}-${to}`, end];
  return words.filter((word) => word).join(' ');
}

/** The options under which a rule draws: its own time or number in place of the wire's. */
export function optionsOf({ fault, by }: Rule, options: WireOptions): WireOptions {
  if (by === undefined) return options;
  return fault.name === 'delay'
    ? { ...options, delay: { ms: by, jitterMs: 0, shape: 'uniform' } }
    : { ...options, reorderBy: by };
}

/** Counts the packets of one flow and direction for each rule. Another script counts from 1. */
export class ScriptCounts {
  #rules: readonly Rule[] = [];
  #counts: number[] = [];

  /** The first rule that strikes this packet. Every rule that selects it counts it. */
  next(rules: readonly Rule[], packet: Packet, flow: number): Rule | undefined {
    this.#begin(rules);
    let struck: Rule | undefined;
    for (const [index, rule] of rules.entries()) {
      if (!selects(rule.selection, packet, flow)) continue;
      const count = (this.#counts[index] ?? 0) + 1;
      this.#counts[index] = count;
      if (count >= rule.from && count <= rule.to) struck ??= rule;
    }
    return struck;
  }

  #begin(rules: readonly Rule[]): void {
    if (rules === this.#rules) return;
    if (formatScript(rules) !== formatScript(this.#rules)) this.#counts = [];
    this.#rules = rules;
  }
}
