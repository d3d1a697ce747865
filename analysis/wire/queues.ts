import type { WireEvent } from '#lib/journal/wire-schema.ts';

/** The wire journals its queues this often while they hold packets, in seconds; later than that, they were empty. */
const SAMPLED = 0.1;

type Direction = 'up' | 'down';
type QueueEvent = Extract<WireEvent, { event: 'queue' }>;

/** Since when the queue of each direction has held packets. */
export class Queues {
  readonly #busy: Record<Direction, { from: number; to: number } | undefined> = {
    up: undefined,
    down: undefined,
  };

  take({ direction, packets }: QueueEvent, time: number): void {
    const busy = this.#busy[direction];
    const goesOn = busy && time <= busy.to + SAMPLED;
    // The first sample may be later than the first packet.
    const from = goesOn ? busy.from : time - SAMPLED;
    this.#busy[direction] = { from, to: packets > 0 ? time : time - SAMPLED };
  }

  /** Until when a queue has held packets without a pause since a time; undefined if it was empty then. */
  heldSince(direction: Direction, time: number): number | undefined {
    const busy = this.#busy[direction];
    return busy && busy.from <= time && busy.to >= time ? busy.to : undefined;
  }
}
