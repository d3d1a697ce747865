/** How long what is under way may take to end before the process ends all the same, in ms. */
const DEADLINE_MS = 2_000;

/**
 * Runs `close` at the first SIGTERM or SIGINT and ends the process when it is done: 0, or 1 when it failed or
 * took longer than the deadline. As PID 1 of a container a process has no default action for these signals.
 */
export function onShutdown(target: NodeJS.Process, close: () => Promise<void>): void {
  let closing = false;
  const shutdown = () => {
    if (closing) return;
    closing = true;
    setTimeout(() => target.exit(1), DEADLINE_MS).unref();
    close().then(
      () => target.exit(0),
      () => target.exit(1),
    );
  };
  target.on('SIGTERM', shutdown).on('SIGINT', shutdown);
}
