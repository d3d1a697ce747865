import autocannon, { type Result } from 'autocannon';

export const CONNECTIONS = 64;

/**
 * Sends requests over 64 connections, for a number of seconds or a number of requests.
 *
 * @throws the signal's reason when aborted
 */
export async function load(
  url: string,
  extent: { readonly duration: number } | { readonly amount: number },
  signal: AbortSignal,
): Promise<Result> {
  signal.throwIfAborted();
  const running = autocannon({ url, connections: CONNECTIONS, ...extent });
  const stop = () => running.stop();
  signal.addEventListener('abort', stop);
  try {
    const result = await running;
    signal.throwIfAborted();
    return result;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
