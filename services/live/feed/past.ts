import type { Trip } from './trip.ts';
import type { History, Kept, StoredPacket } from './types.ts';

/** The newest packets that were shown, in the order of their ids. */
export class Past implements History {
  readonly #kept: Kept;
  readonly #onForgotten: (trip: Trip) => void;
  #trips: Trip[] = [];
  /** How many at the begin of the list are forgotten. */
  #gone = 0;
  #bytes = 0;

  constructor(kept: Kept, onForgotten: (trip: Trip) => void) {
    this.#kept = kept;
    this.#onForgotten = onForgotten;
  }

  get size(): number {
    return this.#trips.length - this.#gone;
  }

  /** The earliest packet that it still has; undefined while it has none. */
  get firstId(): number | undefined {
    return this.#trips[this.#gone]?.id;
  }

  /** Adds a packet with the next id. */
  add(trip: Trip): void {
    this.#trips.push(trip);
    this.grow(trip.size);
  }

  /** One of the packets has a further frame of this many bytes. */
  grow(bytes: number): void {
    this.#bytes += bytes;
    const { packets, bytes: most } = this.#kept;
    while (this.size > 1 && (this.size > packets || this.#bytes > most)) this.#forget();
  }

  get(id: number): StoredPacket | undefined {
    return this.#trips[this.#indexOf(id)]?.stored;
  }

  newest(count: number): readonly StoredPacket[] {
    return this.#some(this.#trips.length, count);
  }

  before(id: number, count: number): readonly StoredPacket[] {
    const first = this.firstId ?? id;
    return this.#some(this.#gone + Math.min(Math.max(0, id - first), this.size), count);
  }

  after(id: number, count: number): readonly StoredPacket[] {
    const begin = this.#gone + Math.max(0, id + 1 - (this.firstId ?? id + 1));
    return this.#some(begin + count, count);
  }

  conversationUpTo(id: number, limit: number): readonly StoredPacket[] {
    const last = this.#indexOf(id);
    const conversation = this.#trips[last]?.conversation;
    const found: StoredPacket[] = [];
    for (let at = last; at >= this.#gone && found.length < limit; at -= 1) {
      const trip = this.#trips[at]!;
      if (trip.conversation === conversation) found.push(trip.stored);
    }
    return found.reverse();
  }

  #some(end: number, count: number): readonly StoredPacket[] {
    return this.#trips.slice(Math.max(this.#gone, end - count), end).map(({ stored }) => stored);
  }

  /** -1 for a packet that is not there. */
  #indexOf(id: number): number {
    const first = this.firstId ?? id + 1;
    const at = id - first;
    return at >= 0 && at < this.size ? this.#gone + at : -1;
  }

  #forget(): void {
    const trip = this.#trips[this.#gone]!;
    this.#bytes -= trip.size;
    this.#gone += 1;
    // The list is copied now and then only.
    if (this.#gone > 1_000 && this.#gone > this.#trips.length / 2) {
      this.#trips = this.#trips.slice(this.#gone);
      this.#gone = 0;
    }
    this.#onForgotten(trip);
  }
}
