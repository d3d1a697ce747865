/** How long closing may take before the process ends anyway, in ms. */
const DEADLINE_MS = 2_000;

/**
 * Runs `close` at the first SIGTERM or SIGINT, then ends the process: with 0, or with 1 when `close` failed or took too
 * long. It is needed because PID 1 of a container ignores these signals by default.
 *
 * @returns ends the process in the same way, with another exit code
 */
export function onShutdown(
  target: NodeJS.Process,
  close: () => PromiseLike<void>,
): (exitCode: number) => void {
  let closing = false;
  const shutdown = (exitCode: number) => {
    if (closing) return;
    closing = true;
    setTimeout(() => target.exit(1), DEADLINE_MS).unref();
    close().then(
      () => target.exit(exitCode),
      () => target.exit(1),
    );
  };
  target.on('SIGTERM', () => shutdown(0)).on('SIGINT', () => shutdown(0));
  return shutdown;
}
