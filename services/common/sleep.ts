import { setTimeout } from 'node:timers/promises';

/** Waits so many milliseconds. Rejects with an AbortError, and holds nothing, once the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal });
