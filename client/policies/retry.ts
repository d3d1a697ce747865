import type { Sleep } from '#lib/runtime/sleep.ts';
import type { Backoff } from './backoff.ts';

export interface RetryPolicy {
  /** Attempts, the first one included; at least 1. */
  readonly attempts: number;
  readonly backoff: Backoff;
}

export interface RetryParts {
  readonly sleep: Sleep;
  /** Ends the waits. */
  readonly signal: AbortSignal;
}

/** An error tells whether another attempt may succeed. */
function mayRetry(error: unknown): boolean {
  return (error as { retryable?: boolean }).retryable === true;
}

/**
 * Runs an operation until an attempt succeeds.
 *
 * @param operation gets the number of the attempt, counted from 1
 * @throws the error of the last attempt, or one that does not allow another attempt; the signal's reason when aborted
 */
export async function retry<Result>(
  { attempts, backoff }: RetryPolicy,
  { sleep, signal }: RetryParts,
  operation: (attempt: number) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation(attempt);
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= attempts || !mayRetry(error)) throw error;
    }
    const wait = backoff(attempt);
    if (wait > 0) await sleep(wait, signal);
  }
}
