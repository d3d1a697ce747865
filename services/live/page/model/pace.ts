/** How many times slower than the lab the stage is. */
export const slownesses = [1, 3, 10, 30, 100, 300, 1_000] as const;
export type Slowness = (typeof slownesses)[number];

/** A round trip of 0.3 ms takes a third of a second, and each packet is on its way for at least `flight`. */
export const USUAL: Slowness = 1_000;

/** How captured time becomes time on the stage. Times of the stage are in seconds. */
export interface Pace {
  readonly slowness: Slowness;
  /** The least time between two events, so that their order is seen. */
  readonly least: number;
  /** A longer wait is cut to this. */
  readonly most: number;
  /** The least time that a packet is seen on its way. */
  readonly flight: number;
}

/** In real time nothing is moved: what goes too fast to be seen is only drawn for longer. */
export function paceOf(slowness: Slowness): Pace {
  if (slowness === 1) return { slowness, least: 0, most: Number.POSITIVE_INFINITY, flight: 0.25 };
  const tenfolds = Math.log10(slowness);
  return { slowness, least: 0.03 + 0.015 * tenfolds, most: 1.2, flight: 0.25 + 0.2 * tenfolds };
}

export function isSlowness(value: number): value is Slowness {
  return slownesses.some((one) => one === value);
}
