import type { Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';

/** Waits so many milliseconds. Rejects with an AbortError, and holds nothing, once the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Never early, and late by a fraction of a millisecond where the machine is idle. */
export const sleep: Sleep = async (milliseconds, signal) => {
  const due = performance.now() + milliseconds;
  // A timer is up to a millisecond late. The last one passes in turns of the event loop.
  if (milliseconds > 1) await setTimeout(Math.floor(milliseconds) - 1, undefined, { signal });
  do await setImmediate(undefined, { signal });
  while (performance.now() < due);
};

/** Waits so many milliseconds, or until the socket is closed. */
export async function sleepWhileOpen(socket: Socket, milliseconds: number, sleep: Sleep): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  socket.once('close', leave);
  try {
    if (!socket.destroyed) await sleep(milliseconds, gone.signal);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    socket.off('close', leave);
  }
}
