import {
  type FaultNames,
  type FaultProfile,
  formatProfile,
  parseProfile,
  pick,
  probabilities,
} from './fault-profile.ts';
import { draw } from './random.ts';

/** What decides the faults of a server: its profile and the seed of its draws. */
export interface FaultSettings<Fault extends string = string> {
  readonly profile: FaultProfile<Fault>;
  readonly seed: string;
}

/** What a person may ask to change; `reset` goes first, so that the others apply to the configured settings. */
export interface FaultChange {
  readonly profile?: string;
  readonly seed?: string;
  readonly reset?: boolean;
}

/** What `make faults` shows of a server. `counts` began when the settings in force did. */
export interface FaultStatus {
  readonly server: string;
  readonly noun: string;
  readonly profile: string;
  readonly seed: string;
  readonly draws: number;
  readonly counts: readonly {
    readonly fault: string;
    readonly probability: number;
    readonly count: number;
  }[];
}

/** A change that was refused, with every problem of it. */
export class FaultChangeError extends Error {
  readonly code = 'LAB_FAULT_CHANGE';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The source of a server's decisions: the same seed gives the same faults in the same order. */
export class Faults<Fault extends string> {
  readonly server: string;
  readonly #names: FaultNames<Fault>;
  readonly #configured: FaultSettings<Fault>;
  #settings: FaultSettings<Fault>;
  #draws = 0;
  #counts = new Map<Fault, number>();

  constructor(server: string, names: FaultNames<Fault>, configured: FaultSettings<Fault>) {
    this.server = server;
    this.#names = names;
    this.#configured = configured;
    this.#settings = configured;
  }

  /** The next decision, and the number of its draw, counted from 1. */
  next(): { fault: Fault; draw: number } {
    const { profile, seed } = this.#settings;
    this.#draws += 1;
    const fault = pick(profile, this.#names, draw(seed, this.server, this.#draws));
    this.#counts.set(fault, (this.#counts.get(fault) ?? 0) + 1);
    return { fault, draw: this.#draws };
  }

  /**
   * Changes profile, seed or both. A new seed and a reset begin at draw 1; a new profile alone goes on with
   * the next draw.
   *
   * @throws FaultChangeError and changes nothing when a part of it is not allowed
   */
  change({ profile, seed, reset = false }: FaultChange): void {
    const base = reset ? this.#configured : this.#settings;
    const parsed = profile === undefined ? undefined : parseProfile(profile, this.#names);
    const problems = (parsed?.problems ?? []).map((problem) => `profile: ${problem}`);
    if (seed === '') problems.push('seed: is empty; allowed: any other text');
    if (problems.length > 0) throw new FaultChangeError(problems);

    this.#settings = { profile: parsed?.profile ?? base.profile, seed: seed ?? base.seed };
    if (reset || seed !== undefined) this.#draws = 0;
    this.#counts = new Map();
  }

  status(): FaultStatus {
    const { profile, seed } = this.#settings;
    const counts = Array.from(probabilities(profile, this.#names), ([fault, probability]) => ({
      fault,
      probability,
      count: this.#counts.get(fault) ?? 0,
    }));
    const { noun } = this.#names;
    return { server: this.server, noun, profile: formatProfile(profile), seed, draws: this.#draws, counts };
  }
}
