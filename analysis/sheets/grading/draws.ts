import { faultNamesOf } from '#lib/faults/echo/index.ts';
import { type FaultNames, type FaultProfile, parseProfile } from '#lib/faults/fault-profile.ts';
import { faultOf } from '#lib/faults/faults.ts';
import { outcomes } from '#lib/faults/outcomes.ts';
import { drawnNames, streamOf } from '#lib/faults/wire/index.ts';
import { deciderOf, isEvent, isHttp, isRefused, readEntries } from '#lib/journal/entries.ts';
import { type ActiveProfile, ActiveProfiles, type Run } from '#lib/journal/run.ts';
import type { Decision } from '#lib/journal/schema.ts';
import { isWireDecision, readWireEntries } from '#lib/journal/wire-entries.ts';
import type { WireDecision, WireEvent } from '#lib/journal/wire-schema.ts';
import type { Decider } from '#lib/lab/deciders.ts';
import { Draws } from '#lib/runtime/random.ts';

/** An entry that the seed and the fault profile of its time do not give. */
export interface DrawProblem {
  readonly kind: 'differs' | 'missing';
  /** The file of the journal, and the id of the entry. */
  readonly journal: string;
  readonly entry: number;
  readonly detail: string;
}

const namesOf: Readonly<Record<Decider, FaultNames>> = {
  http: outcomes,
  'echo-tcp': faultNamesOf.tcp,
  'echo-udp': faultNamesOf.udp,
};

/**
 * Draws the outcome or fault of each entry in a folder again, from the seed and the fault profile that were active, and yields
 * the entries that have another one. The wire's faults are drawn again where one number decides them. What belongs to a fault,
 * such as a delay or a byte, is not drawn again: it needs the message too.
 */
export async function* drawProblems(folder: string, run: Run): AsyncGenerator<DrawProblem> {
  const profiles = new ActiveProfiles(run);
  const periods = new Map<Decider, Period>();
  for await (const entry of readEntries(folder)) {
    profiles.advance(entry);
    if (isEvent(entry) || isRefused(entry)) continue;
    const decider = deciderOf(entry);
    const active = profiles.of(decider);
    if (!active) continue;
    const draw = drawIn(entry);
    if (draw === undefined) continue;
    const known = periods.get(decider);
    // Numbers begin again at 1 after a start, a reset or another seed.
    const period = known?.active === active && draw !== 1 ? known : new Period(decider, active, draw);
    periods.set(decider, period);
    yield* period.problems(entry, draw, known?.last);
  }
  yield* wireProblems(folder);
}

function drawIn(entry: Decision): number | undefined {
  return isHttp(entry) ? entry.request : entry.message;
}

/** The time in which a server has a fault profile. */
class Period {
  readonly active: ActiveProfile;
  readonly #decider: Decider;
  readonly #first: number;
  readonly #profile: FaultProfile | undefined;
  readonly #source: Draws;
  /** The number of its last draw. */
  last: number | undefined;

  constructor(decider: Decider, active: ActiveProfile, first: number) {
    this.active = active;
    this.#decider = decider;
    this.#first = first;
    this.#profile = parseProfile(active.profile, namesOf[decider]).profile;
    this.#source = new Draws(active.seed ?? '', decider);
  }

  *problems(entry: Decision, draw: number, before: number | undefined): Generator<DrawProblem> {
    const place = { journal: isHttp(entry) ? 'http.log' : 'echo.log', entry: entry.id };
    const expected =
      draw === this.#first && this.last === undefined ? [1, (before ?? 0) + 1] : [this.last! + 1];
    this.last = draw;
    if (!expected.includes(draw)) {
      const detail = `draw ${draw} of ${this.#decider} follows draw ${expected.at(-1)! - 1}`;
      yield { kind: 'missing', ...place, detail };
    }
    if (!this.#profile) return;
    const drawn = faultOf(this.#profile, namesOf[this.#decider], this.#source, {
      draw,
      decision: draw - this.#first,
    });
    const journaled = isHttp(entry) ? entry.outcome : (entry.drawn ?? entry.fault);
    if (drawn === journaled) return;
    const { profile, seed } = this.active;
    const detail = `draw ${draw} of ${this.#decider} is ${drawn}, by seed ${seed} and ${profile}; the entry has ${journaled}`;
    yield { kind: 'differs', ...place, detail };
  }
}

async function* wireProblems(folder: string): AsyncGenerator<DrawProblem> {
  let conditions: Conditions | undefined;
  for await (const entry of readWireEntries(folder)) {
    if (!isWireDecision(entry)) conditions = entry.event === 'wire' ? conditionsOf(entry) : conditions;
    else if (conditions) yield* ofWire(entry, conditions);
  }
}

/** What was in force on the wire, with its fault profiles as they are used for every packet. */
interface Conditions extends Pick<Extract<WireEvent, { event: 'wire' }>, 'seed' | 'set'> {
  readonly profiles: Readonly<Record<WireDecision['direction'], FaultProfile | undefined>>;
}

function conditionsOf({ seed, set }: Extract<WireEvent, { event: 'wire' }>): Conditions {
  const profileOf = ({ faults = 'none' }: { readonly faults?: string | undefined }) =>
    parseProfile(faults, drawnNames).profile;
  return { seed, set, profiles: { up: profileOf(set.up), down: profileOf(set.down) } };
}

/** A rule of a script draws nothing, and in a burst the packets before decide too. */
function* ofWire(
  { id, direction, fault, flow, packet, rule }: WireDecision,
  { profiles, seed, set }: Conditions,
): Generator<DrawProblem> {
  const { burst, faults = 'none' } = set[direction];
  const isDrawn = drawnNames.faults.some((name) => name === fault);
  const { [direction]: profile } = profiles;
  if (rule !== undefined || burst !== undefined || !isDrawn || !profile) return;
  const source = new Draws(seed, streamOf(direction, 'fault', flow));
  const drawn = faultOf(profile, drawnNames, source, { draw: packet, decision: packet - 1 });
  if (drawn === fault) return;
  const detail = `packet ${packet} of ${flow}, ${direction}, draws ${drawn} by seed ${seed} and ${faults}; the entry has ${fault}`;
  yield { kind: 'differs', journal: 'wire.log', entry: id, detail };
}
