import { setTimeout } from 'node:timers/promises';

/** Time between two calls of the probe, in ms. */
const PAUSE_MS = 50;

/** The clock of `eventually`. */
export interface Waiting {
  /** In ms. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

const real: Waiting = { clock: () => performance.now(), sleep: (milliseconds) => setTimeout(milliseconds) };

/** What `eventually` returns: a value of the probe that is not one of its ways to say "not yet". */
type Found<Value> = Exclude<Value, false | undefined | null | 0 | ''>;

/**
 * Calls the probe again and again, until it returns something that counts as true, and returns that. A probe that
 * throws ends the wait at once.
 *
 * @param what what is awaited, as a noun: "an entry of the transfer"
 * @param within when the last call is made, in ms. Be generous: it limits the wait for what never comes, and measures
 * nothing.
 * @throws an error that names what was missing
 */
export async function eventually<Value>(
  what: string,
  within: number,
  probe: () => Value | Promise<Value>,
  { clock, sleep }: Waiting = real,
): Promise<Found<Value>> {
  const deadline = clock() + within;
  for (;;) {
    const isLast = clock() >= deadline;
    const found = await probe();
    if (found) return found as Found<Value>;
    if (isLast) throw new Error(`${what}: not there within ${within} ms`);
    await sleep(Math.min(PAUSE_MS, Math.max(0, deadline - clock())));
  }
}
