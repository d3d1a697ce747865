import type { ReceiverAction, ReceiverState } from './machine.ts';
import { distance } from './sequence.ts';

/**
 * @param window how many segments from the next one on the receiver accepts, and how many before it are acknowledged
 * again
 */
export function firstReceiverState({ window, space }: { window: number; space: number }): ReceiverState {
  return { window, space, base: 0, waiting: new Map() };
}

/** The distance from the next expected segment to a number, from 0 to below the space. */
export function ahead({ base, space }: ReceiverState, number: number): number {
  return distance(base, number, space);
}

/** Whether a number is that of a segment delivered within the last window. */
export function wasDelivered(state: ReceiverState, number: number): boolean {
  const behind = state.space - ahead(state, number);
  return behind <= Math.min(state.window, state.base);
}

/** The sequence number of the last delivered segment. */
export function lastDelivered({ base, space }: ReceiverState): number {
  return (base - 1) % space;
}

export const foreign = { do: 'drop', why: 'foreign' } as const satisfies ReceiverAction;
export const duplicate = { do: 'drop', why: 'duplicate' } as const satisfies ReceiverAction;
