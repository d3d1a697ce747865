import { Refusal } from '#lib/live/refusal.ts';
import type { Timer } from '#lib/runtime/timer.ts';

/** How long a program may take to answer, in ms. */
const PATIENCE_MS = 10_000;

/**
 * Asks a program of the lab by its socket.
 *
 * @param program its name in a sentence
 * @throws Refusal when it accepts and does not answer
 */
export async function askInTime<Answer>(
  program: string,
  timer: Timer,
  asking: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const ending = new AbortController();
  const cancel = timer(PATIENCE_MS, () => ending.abort());
  try {
    return await asking(ending.signal);
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    throw new Refusal(503, `${program} has not answered for ${PATIENCE_MS / 1000} s`);
  } finally {
    cancel();
  }
}

/** Whether nobody answers at a socket. */
export function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

/** Turns the error of an absent program into a refusal. */
export function notRunning(program: string): (error: unknown) => never {
  return (error) => {
    throw isAbsent(error) ? new Refusal(503, `${program} does not run`) : error;
  };
}
