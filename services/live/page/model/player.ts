import { type Film, type Flight, noFilm } from './film.ts';
import type { Pace } from './pace.ts';

/** `following`: the stage goes on to the newest packet. `playing`: it goes on from an earlier moment. */
export type Mode = 'following' | 'playing' | 'paused';

/** How late the stage may be, in seconds. After the first time it hurries, after the second one it skips. */
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
  #film: Film;
  #mode: Mode;
  #position = 0;
  #skipped = 0;
  /** In seconds of the page's clock, since the last skip. */
  #sinceSkip = CALM;
  #target: { readonly id: number; readonly position: number; readonly speed: number } | undefined;
  /** A film that is new and of earlier packets begins at its end when it is followed. */
  #isNew = true;
  /** The highest id of the packets so far. */
  #known = 0;

  /** @param isStill whether moments are shown as still pictures, without motion between */
  constructor(
    pace: Pace,
    { mode = 'following', isStill = () => false }: { mode?: Mode; isStill?: () => boolean } = {},
  ) {
    this.#film = noFilm(pace);
    this.#mode = mode;
    this.#isStill = isStill;
  }

  get film(): Film {
    return this.#film;
  }

  get pace(): Pace {
    return this.#film.pace;
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
    const chosen = this.#target && this.#film.flight(this.#film.indexOf(this.#target.id));
    return chosen ?? this.#film.flight(this.#film.begun(this.#position) - 1);
  }

  /** Begins again, with packets that are no news. */
  restart(mode: Mode): void {
    this.#film = noFilm(this.pace);
    this.#mode = mode;
    this.#position = 0;
    this.#skipped = 0;
    this.#isNew = mode === 'following';
    this.#known = 0;
    this.#target = undefined;
  }

  /** Takes the film of a store that has changed. The playhead stays at the same moment. */
  load(film: Film): void {
    const before = this.#film;
    const wasAtEnd = this.#mode === 'following' && this.#position >= before.length;
    const newest = before.packet(before.size - 1);
    this.#position = moved(this.#position, before, film);
    this.#film = film;
    if (this.#target) this.#aimAt(film.flight(film.indexOf(this.#target.id)));
    if (this.#isNew) this.#position = film.length;
    else if (wasAtEnd && newest) this.#passWait(newest.id);
    this.#takeNews();
  }

  /** Goes back to a packet that became known late, when later ones had been shown already. */
  #takeNews(): void {
    const known = this.#known;
    let late: number | undefined;
    for (let index = 0; index < this.#film.size; index += 1) {
      const { id } = this.#film.packet(index)!;
      this.#known = Math.max(this.#known, id);
      if (id > known) late ??= this.#film.leaves(index);
    }
    const isMissed = late !== undefined && late < this.#position && this.#position - late < HURRIES;
    if (isMissed && this.#mode === 'following' && !this.#isNew) this.#position = late!;
  }

  /** From now on packets are news. */
  begin(): void {
    this.#isNew = false;
  }

  /** At the end of the film the wait for the next packet has already taken place. */
  #passWait(newest: number): void {
    const next = this.#film.indexOf(newest) + 1;
    if (next < this.#film.size) this.#position = Math.max(this.#position, this.#film.leaves(next));
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
    this.#position = Math.max(Math.min(next, Math.max(end, this.#position)), this.#latest);
  }

  /** In real time the stage is never late: it is at the packet that has left last, or after it. */
  get #latest(): number {
    const { pace, size } = this.#film;
    const isLive = this.#mode === 'following' && pace.slowness === 1 && size > 0;
    return isLive ? this.#film.leaves(size - 1) : Number.NEGATIVE_INFINITY;
  }

  #glide({ position, speed }: { readonly position: number; readonly speed: number }, seconds: number): void {
    this.#position = Math.min(position, this.#position + speed * seconds);
  }

  #skip(): void {
    if (this.behind <= SKIPS || this.#sinceSkip < CALM) return;
    const position = this.#film.length - REST;
    this.#skipped += this.#film.begun(position) - this.#film.begun(this.#position);
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
    const flight = this.#film.flight(this.#film.indexOf(id));
    if (!flight) return false;
    this.#mode = 'paused';
    this.#position = halfway(flight, this.#film);
    this.#target = { id, position: this.#position, speed: 0 };
    return true;
  }

  /** Pauses, and goes one packet on or back. */
  step(by: 1 | -1): void {
    const current = this.current;
    const at = current?.index ?? -1;
    // The first step back shows the packet that has just left.
    const next = this.#film.flight(by === -1 && !this.#target ? at : at + by) ?? current;
    this.#mode = 'paused';
    this.#aimAt(next);
  }

  #aimAt(flight: Flight | undefined): void {
    if (!flight) {
      this.#target = undefined;
      return;
    }
    const position = halfway(flight, this.#film);
    const distance = position - this.#position;
    if (this.#isStill() || distance < 0) this.#position = position;
    this.#target = { id: flight.packet.id, position, speed: Math.max(distance, 0) / GLIDE };
  }
}

function halfway({ leaves, index }: Flight, film: Film): number {
  const end = film.ends(index);
  return Number.isFinite(end) ? (leaves + end) / 2 : leaves + film.pace.flight / 2;
}

/** Where a moment of a film is in the film of a changed store: the last packet that left before it is the anchor. */
function moved(position: number, before: Film, after: Film): number {
  const anchor = before.begun(position) - 1;
  const packet = before.packet(anchor);
  if (!packet) return Math.min(position, after.length);
  const same = after.indexOf(packet.id);
  if (same < 0) return Math.min(Math.max(0, position - (before.length - after.length)), after.length);
  const passed = position - before.leaves(anchor);
  if (before.pace.slowness === after.pace.slowness) return after.leaves(same) + passed;
  // At another speed the packet is on the same part of its way.
  const [was, is] = [before.ends(anchor) - before.leaves(anchor), after.ends(same) - after.leaves(same)];
  if (!Number.isFinite(was) || !Number.isFinite(is)) return after.leaves(same);
  return was > 0 && passed < was
    ? after.leaves(same) + (passed / was) * is
    : after.leaves(same) + is + (passed - was);
}
