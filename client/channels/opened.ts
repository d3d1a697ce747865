import { type EventEmitter, once } from 'node:events';

interface Closable extends EventEmitter {
  destroy?(): void;
  close?(): void;
}

/**
 * Waits until a socket emits an event, for `timeout` seconds at most.
 *
 * @throws the system's error; ETIMEDOUT when the time is up; the signal's reason when aborted. The socket is then
 * closed
 */
export async function opened(
  socket: Closable,
  event: string,
  { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal },
): Promise<void> {
  const late = AbortSignal.timeout(timeout * 1000);
  try {
    await once(socket, event, { signal: AbortSignal.any([late, signal]) });
  } catch (error) {
    socket.on('error', () => undefined);
    if (socket.destroy) socket.destroy();
    else socket.close?.();
    signal.throwIfAborted();
    if (late.aborted)
      throw Object.assign(new Error('the connection did not open in time'), { code: 'ETIMEDOUT' });
    throw error;
  }
}
