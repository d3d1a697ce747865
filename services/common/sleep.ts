import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** Waits so many milliseconds. Rejects with an AbortError, and holds nothing, once the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal });

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
