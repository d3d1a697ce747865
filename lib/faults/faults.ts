import { Draws } from '#lib/runtime/random.ts';
import {
  type FaultNames,
  type FaultProfile,
  formatProfile,
  parseProfile,
  pick,
  probabilities,
  restrictProfile,
} from './fault-profile.ts';

/** What decides the faults of a server: its fault profile and the seed of its draws. */
export interface FaultSettings<Fault extends string = string> {
  readonly profile: FaultProfile<Fault>;
  readonly seed: string;
  /** Whether the profile is for several servers of a program, and not for this one alone. */
  readonly isShared?: boolean;
}

/** A change that a person may ask for. `reset` comes first, so the others apply to the configured settings. */
export interface FaultChange {
  /** For every server of the program. A server leaves out faults that it does not have. */
  readonly profile?: string;
  /** For one server, by its name. It takes precedence over `profile`. */
  readonly profiles?: Readonly<Record<string, string>>;
  readonly seed?: string;
  readonly reset?: boolean;
}

/** What `make faults` shows of a server. `counts` begins with the active profile. */
export interface FaultStatus {
  readonly server: string;
  readonly noun: string;
  readonly profile: string;
  /** `messages` for a script that does not apply to the datagrams of transfers. */
  readonly of?: 'messages';
  readonly seed: string;
  readonly draws: number;
  readonly counts: readonly {
    readonly fault: string;
    readonly probability: number;
    readonly count: number;
  }[];
}

/** A decision. */
export interface Drawn<Fault extends string> {
  readonly fault: Fault;
  /** The number of its draw, counted from 1. */
  readonly draw: number;
  /** One more number in [0, 1) of the same draw, always the same, for the details of the fault. */
  readonly detail: () => number;
}

/** A change was refused. Lists every problem. */
export class FaultChangeError extends Error {
  readonly code = 'LAB_FAULT_CHANGE';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * The fault of one draw.
 *
 * @param at the number of the draw, from 1, and the number of the decision since the profile became active, from 0
 */
export function faultOf<Fault extends string>(
  profile: FaultProfile<Fault>,
  names: FaultNames<Fault>,
  source: Draws,
  { draw, decision }: { readonly draw: number; readonly decision: number },
): Fault {
  if (profile.kind === 'script') return profile.steps[decision % profile.steps.length]!;
  return pick(profile.of, names, source.at(draw));
}

/** Decides the faults of a server. The same seed gives the same faults in the same order. */
export class Faults<Fault extends string = string> {
  readonly server: string;
  readonly #names: FaultNames<Fault>;
  readonly #shared: FaultNames;
  readonly #configured: FaultSettings<Fault>;
  #settings: FaultSettings<Fault>;
  #source: Draws;
  #draws = 0;
  #counts = new Map<Fault, number>();
  /** Decisions since the active profile began, which is where a script begins. */
  #decisions = 0;

  /** @param shared the names that a profile for every server of the program may contain */
  constructor(
    server: string,
    names: FaultNames<Fault>,
    configured: FaultSettings<Fault>,
    shared: FaultNames = names,
  ) {
    this.server = server;
    this.#names = names;
    this.#shared = shared;
    this.#configured = configured;
    this.#settings = configured;
    this.#source = new Draws(configured.seed, server);
  }

  /** Whether the profile is `none`: there is nothing to decide. */
  get off(): boolean {
    const { profile } = this.#settings;
    return profile.kind === 'probabilities' && profile.of.size === 0;
  }

  /**
   * Whether the profile is a script for several servers. Such a script applies to messages alone.
   *
   * Datagrams of transfers would take its steps in both directions by turns. With most lengths of a script, the same
   * datagrams would then be lost for ever.
   */
  get isScriptOfMessages(): boolean {
    const { profile, isShared = false } = this.#settings;
    return profile.kind === 'script' && isShared;
  }

  next(): Drawn<Fault> {
    const { profile, seed } = this.#settings;
    this.#draws += 1;
    const number = this.#draws;
    const fault = faultOf(profile, this.#names, this.#source, { draw: number, decision: this.#decisions });
    this.#decisions += 1;
    this.#counts.set(fault, (this.#counts.get(fault) ?? 0) + 1);
    return { fault, draw: number, detail: () => new Draws(seed, `${this.server} detail`).at(number) };
  }

  /**
   * Prepares a change of profile, seed or both. The function that it returns carries the change out.
   *
   * A new seed and a reset begin at draw 1. A new profile alone continues with the next draw. A script begins at its
   * first step.
   *
   * @throws FaultChangeError when a part of the change is not allowed
   */
  prepare({ profile, profiles, seed, reset = false }: FaultChange): () => void {
    const own = profiles?.[this.server];
    const asked = own ?? profile;
    const parsed =
      asked === undefined ? undefined : parseProfile(asked, own === undefined ? this.#shared : this.#names);
    const whose = own === undefined ? 'profile' : `${this.server} profile`;
    const problems = (parsed?.problems ?? []).map((problem) => `${whose}: ${problem}`);
    if (seed === '') problems.push('seed: "" is no seed; allowed: any other text');
    if (problems.length > 0) throw new FaultChangeError(problems);

    return () => {
      const base = reset ? this.#configured : this.#settings;
      this.#settings = {
        ...base,
        ...(parsed?.profile && {
          profile: restrictProfile(parsed.profile, this.#names),
          isShared: own === undefined && this.#shared !== this.#names,
        }),
        seed: seed ?? base.seed,
      };
      this.#source = new Draws(this.#settings.seed, this.server);
      if (reset || seed !== undefined) this.#draws = 0;
      this.#counts = new Map();
      this.#decisions = 0;
    };
  }

  status(): FaultStatus {
    const { profile, seed } = this.#settings;
    const counts = Array.from(probabilities(profile, this.#names), ([fault, probability]) => ({
      fault,
      probability,
      count: this.#counts.get(fault) ?? 0,
    }));
    const { noun } = this.#names;
    return {
      ...{ server: this.server, noun, profile: formatProfile(profile), seed, draws: this.#draws, counts },
      ...(this.isScriptOfMessages && { of: 'messages' as const }),
    };
  }
}
