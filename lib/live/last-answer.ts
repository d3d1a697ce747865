import type { Socket } from 'node:net';
import type { Timer } from '#lib/runtime/timer.ts';

/** How long the other end may take to accept the answer, in ms. */
const PATIENCE_MS = 5_000;

/**
 * Answers an upgrade that is refused, and closes its connection in both directions. Node leaves such a connection to its user
 * alone, with no time limit, so one that was ended in one direction would keep its place until the other end leaves.
 */
export function answerLast(socket: Socket, answer: string, timer: Timer): void {
  if (socket.destroyed) return;
  socket.once(
    'close',
    timer(PATIENCE_MS, () => socket.destroy()),
  );
  socket.on('error', () => socket.destroy());
  socket.write(answer);
  socket.destroySoon();
}
