import { begunAt, endOf, type Film, type Flight } from './film.ts';
import type { Pace } from './pace.ts';

/** `following`: the stage goes on to the newest packet. `playing`: it goes on from an earlier moment. */
export type Mode = 'following' | 'playing' | 'paused';

/** Times of the stage in seconds. Behind the first one it hurries, behind the second one it skips. */
const HURRIES = 5;
const SKIPS = 60;
const FASTEST = 5;
/** What is left to play after a skip, and the least time from one skip to the next. */
const REST = 3;
const CALM = 2.5;
/** How long the last packet is seen after it has arrived. */
export const LINGERS = 0.9;
/** How long a step by one packet takes, in seconds. */
const GLIDE = 0.35;

/** The playhead of the stage. */
export class Player {
  readonly #isStill: () => boolean;
  #film: Film = { flights: [], cuts: [], length: 0, moments: [] };
  #pace: Pace;
  #mode: Mode;
  #position = 0;
  #skipped = 0;
  /** In seconds of the page's clock, since the last skip. */
  #sinceSkip = CALM;
  #target: { readonly id: number; readonly position: number; readonly speed: number } | undefined;
  /** A film that is new and of earlier packets begins at its end when it is followed. */
  #isNew = true;

  /** @param isStill whether moments are shown as still pictures, without motion between */
  constructor(pace: Pace, { mode = 'following', isStill = () => false }: { mode?: Mode; isStill?: () => boolean } = {}) {
    this.#pace = pace;
    this.#mode = mode;
    this.#isStill = isStill;
  }

  get film(): Film {
    return this.#film;
  }

  get pace(): Pace {
    return this.#pace;
  }

  get mode(): Mode {
    return this.#mode;
  }

  get position(): number {
    return this.#position;
  }

  /** Packets that were passed over to keep up, since the last `follow`. */
  get skipped(): number {
    return this.#skipped;
  }

  /** What is still to be shown, in seconds of the stage. */
  get behind(): number {
    return Math.max(0, this.#film.length - this.#position);
  }

  /** How much faster than its pace the stage goes, to keep up. */
  get hurry(): number {
    if (this.#mode !== 'following') return 1;
    return Math.min(FASTEST, Math.max(1, 1 + (this.behind - HURRIES) / HURRIES));
  }

  /** The packet at the playhead: the one to which it was moved, or the last that has left. */
  get current(): Flight | undefined {
    const { flights } = this.#film;
    const target = this.#target;
    const chosen = target && flights.find(({ packet }) => packet.id === target.id);
    return chosen ?? flights[begunAt(this.#film, this.#position) - 1];
  }

  /** Begins again, with packets that are no news. */
  restart(mode: Mode): void {
    this.#film = { flights: [], cuts: [], length: 0, moments: [] };
    this.#mode = mode;
    this.#position = 0;
    this.#skipped = 0;
    this.#isNew = mode === 'following';
    this.#target = undefined;
  }

  /** Takes the film of a store that has changed. The playhead stays at the same moment. */
  load(film: Film, pace: Pace): void {
    const before = this.#film;
    const wasAtEnd = this.#mode === 'following' && this.#position >= before.length;
    const newest = before.flights.at(-1);
    this.#position = moved(this.#position, before, film, this.#pace, pace);
    this.#film = film;
    this.#pace = pace;
    if (this.#target) this.#aimAt(film.flights.find(({ packet }) => packet.id === this.#target?.id));
    if (this.#isNew) this.#position = film.length;
    else if (wasAtEnd && newest) this.#passWait(newest);
  }

  /** From now on packets are news. */
  begin(): void {
    this.#isNew = false;
  }

  /** At the end of the film the wait for the next packet has already taken place. */
  #passWait(newest: Flight): void {
    const { flights } = this.#film;
    const at = flights.findIndex(({ packet }) => packet.id === newest.packet.id);
    const next = flights[at + 1];
    if (next) this.#position = Math.max(this.#position, next.leaves);
  }

  /** @param seconds by the page's clock, since the last call */
  advance(seconds: number): void {
    this.#sinceSkip += seconds;
    const target = this.#target;
    if (this.#mode === 'paused') {
      if (target) this.#glide(target, seconds);
      return;
    }
    if (this.#mode === 'following') this.#skip();
    const end = this.#film.length + LINGERS;
    const next = this.#position + seconds * this.hurry;
    this.#position = Math.min(next, Math.max(end, this.#position));
  }

  /** Whether nothing will move until something new comes. */
  get isAtRest(): boolean {
    if (this.#mode === 'paused') return this.#target === undefined || this.#position === this.#target.position;
    return this.#position >= this.#film.length + LINGERS;
  }

  #glide({ position, speed }: { readonly position: number; readonly speed: number }, seconds: number): void {
    this.#position = Math.min(position, this.#position + speed * seconds);
  }

  #skip(): void {
    if (this.behind <= SKIPS || this.#sinceSkip < CALM) return;
    const position = this.#film.length - REST;
    this.#skipped += begunAt(this.#film, position) - begunAt(this.#film, this.#position);
    this.#position = position;
    this.#sinceSkip = 0;
  }

  follow(): void {
    this.#mode = 'following';
    this.#target = undefined;
    this.#skipped = 0;
    this.#position = Math.max(this.#position, this.#film.length - REST);
  }

  pause(): void {
    this.#mode = 'paused';
  }

  /** Goes on from here; at the end it follows. */
  play(): void {
    this.#target = undefined;
    this.#mode = this.#position >= this.#film.length ? 'following' : 'playing';
  }

  seek(position: number): void {
    this.#target = undefined;
    if (this.#mode === 'following') this.#mode = 'playing';
    this.#position = Math.min(Math.max(0, position), this.#film.length);
  }

  /** Pauses where a packet is halfway on its way. */
  goTo(id: number): boolean {
    const flight = this.#film.flights.find(({ packet }) => packet.id === id);
    if (!flight) return false;
    this.#mode = 'paused';
    this.#position = halfway(flight, this.#pace);
    this.#target = { id, position: this.#position, speed: 0 };
    return true;
  }

  /** Pauses, and goes one packet on or back. */
  step(by: 1 | -1): void {
    const { flights } = this.#film;
    const current = this.current;
    const at = current ? flights.indexOf(current) : -1;
    // The first step back shows the packet that has just left.
    const next = flights[by === -1 && !this.#target ? at : at + by] ?? current;
    this.#mode = 'paused';
    this.#aimAt(next);
  }

  #aimAt(flight: Flight | undefined): void {
    if (!flight) {
      this.#target = undefined;
      return;
    }
    const position = halfway(flight, this.#pace);
    const distance = position - this.#position;
    if (this.#isStill() || distance < 0) this.#position = position;
    this.#target = { id: flight.packet.id, position, speed: Math.max(distance, 0) / GLIDE };
  }
}

function halfway(flight: Flight, pace: Pace): number {
  return (flight.leaves + endOf(flight, pace)) / 2;
}

/** Where a moment of a film is in the film of a changed store: the last event before it is the anchor. */
function moved(position: number, before: Film, after: Film, old: Pace, pace: Pace): number {
  const anchor = before.flights[begunAt(before, position) - 1];
  if (!anchor) return Math.min(position, after.length);
  const same = after.flights.find(({ packet }) => packet.id === anchor.packet.id);
  if (!same) return Math.min(Math.max(0, position - (before.length - after.length)), after.length);
  const passed = position - anchor.leaves;
  if (old.slowness === pace.slowness) return same.leaves + passed;
  // At another speed the packet is on the same part of its way.
  const [was, is] = [endOf(anchor, old) - anchor.leaves, endOf(same, pace) - same.leaves];
  return was > 0 && passed < was ? same.leaves + (passed / was) * is : same.leaves + is + (passed - was);
}
