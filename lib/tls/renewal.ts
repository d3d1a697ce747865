import { watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { timer as realTimer, type Timer } from '#lib/runtime/timer.ts';

/** Time between two attempts to read missing certificates, in ms. */
const LOOK_MS = 50;
/** New certificates are complete when no file has changed for this time, in ms. They are written one by one. */
const SETTLED_MS = 300;

/**
 * Reads until it works. The service that makes the certificates starts at the same time as the servers.
 *
 * @throws the last error of `read`, when the time is up
 */
export async function readPatiently<Read>(read: () => Promise<Read>, patienceMs: number): Promise<Read> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (performance.now() >= until) throw error;
      await sleep(LOOK_MS);
    }
  }
}

/**
 * Calls back when files in a folder were replaced.
 *
 * @param onBlind gets the reason when the folder can't be watched, for example when the system has no watches left
 * @returns a function that ends the watch
 */
export function onRenewed(
  folder: string,
  call: () => void,
  onBlind: (problem: unknown) => void,
  timer: Timer = realTimer,
): () => void {
  let stopSettling = () => {};
  try {
    const watcher = watch(folder, { persistent: false }, () => {
      stopSettling();
      stopSettling = timer(SETTLED_MS, call);
    }).on('error', onBlind);
    return () => {
      stopSettling();
      watcher.close();
    };
  } catch (error) {
    onBlind(error);
    return () => undefined;
  }
}
