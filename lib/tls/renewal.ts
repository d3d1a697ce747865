import { watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { timer as realTimer, type Timer } from '#lib/runtime/timer.ts';

/** How often certificates that are not there yet are looked for, in ms. */
const LOOK_MS = 50;
/** So long after the last change certificates count as whole, in ms: they come one file after the other. */
const SETTLED_MS = 300;

/**
 * Reads until it works: the service that makes the certificates starts together with those that use them.
 *
 * @throws what reading has thrown last, when time is up
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
 * Calls when files in a folder were put in place of others.
 *
 * @param onBlind is told why they can't be seen any more, such as when the system has no watches left
 * @returns what ends it
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
