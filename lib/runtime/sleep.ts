import type { Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';

/**
 * Waits for a number of milliseconds. When the signal is aborted, it rejects with an AbortError and frees its timer.
 */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Never early; late by a fraction of a millisecond on an idle machine. */
export const sleep: Sleep = async (milliseconds, signal) => {
  const due = performance.now() + milliseconds;
  // A timer is up to a millisecond late, so the last millisecond passes in turns of the event loop.
  if (milliseconds > 1) await setTimeout(Math.floor(milliseconds) - 1, undefined, { signal });
  do await setImmediate(undefined, { signal });
  while (performance.now() < due);
};

/** Waits for a number of milliseconds, or until the socket is closed. */
export async function sleepWhileOpen(socket: Socket, milliseconds: number, sleep: Sleep): Promise<void> {
  const closed = new AbortController();
  const onClose = () => closed.abort();
  socket.once('close', onClose);
  try {
    if (!socket.destroyed) await sleep(milliseconds, closed.signal);
  } catch (error) {
    if (!closed.signal.aborted) throw error;
  } finally {
    socket.off('close', onClose);
  }
}
