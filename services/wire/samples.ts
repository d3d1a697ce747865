import type { WireEvent } from '#lib/journal/wire-schema.ts';
import { type Direction, directions } from './conditions/conditions.ts';
import { drops } from './link/link.ts';
import type { Wire } from './wire.ts';

/** How often the queues are looked at, in ms. */
const SAMPLE_MS = 10;

type QueueSample = Omit<Extract<WireEvent, { event: 'queue' }>, 'timestamp' | 'id'>;

/** Hands each sample over until the function that it returns is called. */
export function sample(wire: Wire, onSample: (sample: QueueSample) => void): () => void {
  const samples = new Samples(wire);
  const timer = setInterval(() => samples.next().forEach(onSample), SAMPLE_MS);
  return () => clearInterval(timer);
}

/** Samples the queues of both directions. A queue that was empty twice makes no sample. */
export class Samples {
  readonly #wire: Wire;
  readonly #last = { up: { packets: 0, dropped: 0 }, down: { packets: 0, dropped: 0 } };

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  next(): readonly QueueSample[] {
    return directions.flatMap((direction) => {
      const last = this.#last[direction];
      const { packets, bytes } = this.#wire.queue(direction);
      const dropped = this.#dropped(direction);
      const sample = {
        event: 'queue',
        direction,
        packets,
        bytes,
        // A change of the conditions begins the counts again.
        dropped: dropped < last.dropped ? dropped : dropped - last.dropped,
      } as const;
      const isQuiet = packets === 0 && last.packets === 0 && sample.dropped === 0;
      this.#last[direction] = { packets, dropped };
      return isQuiet ? [] : [sample];
    });
  }

  #dropped(direction: Direction): number {
    const { struck } = this.#wire.totals(direction);
    return drops.reduce((sum, why) => sum + (struck.get(why) ?? 0), 0);
  }
}
