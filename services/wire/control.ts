import * as v from 'valibot';
import type { Answering } from '#lib/control/control.ts';
import { FaultChangeError } from '#lib/faults/faults.ts';
import { type Conditions, type Direction, directions } from './conditions/conditions.ts';
import {
  type Change,
  changed,
  describeTexts,
  parseTexts,
  partNames,
  type Texts,
} from './conditions/sides.ts';
import type { QueueLength } from './link/aqm.ts';
import type { Wire } from './wire.ts';

/** What `make wire` shows. */
export interface WireStatus {
  readonly address: string;
  readonly seed: string;
  readonly directions: Readonly<Record<Direction, SideStatus>>;
}

export interface SideStatus {
  /** What is in force, as a person types it, and each condition that was set. */
  readonly conditions: string;
  readonly set: Texts;
  readonly packets: number;
  readonly bytes: number;
  readonly delivered: number;
  readonly queue: QueueLength;
  /** How often each fault and each kind of drop happened since the last change. */
  readonly counts: readonly { readonly fault: string; readonly count: number }[];
}

const side = v.optional(v.record(v.picklist(partNames), v.string()));
const changeSchema = v.strictObject({
  up: side,
  down: side,
  seed: v.optional(v.string()),
  reset: v.optional(v.boolean()),
});

export type WireChange = Readonly<v.InferInput<typeof changeSchema>>;

export interface WireControlParts {
  readonly address: string;
  readonly wire: Wire;
  /** What the settings say, to which a reset returns. */
  readonly configured: Readonly<Record<Direction, Texts>>;
  readonly configuredSeed: string;
  /** What is in force at the start. */
  readonly texts: Readonly<Record<Direction, Texts>>;
  readonly seed: string;
  /** Called after each change. */
  readonly onChange: (status: WireStatus) => void;
}

/** What is in force on a wire, and its changes while it runs. */
export class WireControl {
  readonly #parts: WireControlParts;
  #texts: Readonly<Record<Direction, Texts>>;
  #seed: string;

  constructor(parts: WireControlParts) {
    this.#parts = parts;
    this.#texts = parts.texts;
    this.#seed = parts.seed;
  }

  /** What the control socket answers. */
  get calls(): Readonly<Record<string, Answering>> {
    return {
      'GET /wire': () => this.status(),
      'POST /wire': (body) => this.#change(v.parse(changeSchema, JSON.parse(body))),
    };
  }

  status(): WireStatus {
    const { wire, address } = this.#parts;
    const of = (direction: Direction): SideStatus => {
      const { packets, bytes, delivered, struck } = wire.totals(direction);
      return {
        conditions: describeTexts(this.#texts[direction]),
        set: this.#texts[direction],
        packets,
        bytes,
        delivered,
        queue: wire.queue(direction),
        counts: Array.from(struck, ([fault, count]) => ({ fault, count })),
      };
    };
    return { address, seed: this.#seed, directions: { up: of('up'), down: of('down') } };
  }

  /**
   * A reset comes first: the configured conditions and seed. A reset, a new seed and a new script count all flows and
   * packets from 1 again.
   *
   * @throws FaultChangeError with all problems, when the change is not allowed
   */
  #change({ up, down, seed, reset = false }: WireChange): WireStatus {
    const { configured, configuredSeed, wire, onChange } = this.#parts;
    const next = changedSides(reset ? configured : this.#texts, { up, down }, seed);
    this.#texts = next.texts;
    this.#seed = seed ?? (reset ? configuredSeed : this.#seed);
    if (reset || seed !== undefined || up?.script !== undefined || down?.script !== undefined)
      wire.beginAgain();
    for (const direction of directions) wire.change(direction, next.conditions[direction], this.#seed);
    onChange(this.status());
    return this.status();
  }
}

/**
 * The texts and conditions of both directions after a change.
 *
 * @throws FaultChangeError with all problems, when the change is not allowed
 */
export function changedSides(
  before: Readonly<Record<Direction, Texts>>,
  change: Partial<Record<Direction, Change>>,
  seed?: string,
): { texts: Record<Direction, Texts>; conditions: Record<Direction, Conditions> } {
  const problems = new Set<string>();
  if (seed === '') problems.add('seed: "" is no seed; allowed: any other text');
  const sides = directions.map((direction) => {
    const { texts, problems: wrong } = changed(before[direction], change[direction] ?? {});
    const parsed = parseTexts(texts);
    for (const problem of [...wrong, ...('problems' in parsed ? parsed.problems : [])]) problems.add(problem);
    return 'value' in parsed ? { direction, texts, conditions: parsed.value } : undefined;
  });
  if (problems.size > 0) throw new FaultChangeError([...problems]);
  const known = sides.filter((one) => one !== undefined);
  return {
    texts: Object.fromEntries(known.map((one) => [one.direction, one.texts])) as Record<Direction, Texts>,
    conditions: Object.fromEntries(known.map((one) => [one.direction, one.conditions])) as Record<
      Direction,
      Conditions
    >,
  };
}
