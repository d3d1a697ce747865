import type { ReceiverAction, ReceiverState } from './machine.ts';
import { distance } from './sequence.ts';

/** @param window the segments, from the next one on, that the receiver takes; and before it, that it acks again */
export function firstReceiverState({ window, space }: { window: number; space: number }): ReceiverState {
  return { window, space, base: 0, waiting: new Map() };
}

/** How far ahead of the next segment a number lies, from 0 to below the space. */
export function ahead({ base, space }: ReceiverState, number: number): number {
  return distance(base, number, space);
}

/** Whether a number is that of one of the last segments of a window that were handed on. */
export function wasDelivered(state: ReceiverState, number: number): boolean {
  const behind = state.space - ahead(state, number);
  return behind <= Math.min(state.window, state.base);
}

/** The sequence number of the last segment that was handed on. */
export function lastDelivered({ base, space }: ReceiverState): number {
  return (base - 1) % space;
}

export const foreign = { do: 'drop', why: 'foreign' } as const satisfies ReceiverAction;
export const duplicate = { do: 'drop', why: 'duplicate' } as const satisfies ReceiverAction;
