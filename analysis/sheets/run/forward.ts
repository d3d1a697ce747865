import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlaceNames } from '../program/sheet/places.ts';
import type { Stage } from '../program/sheet/stage.ts';

/** How long socat may take until it listens, in ms. */
const TO_LISTEN_MS = 500;

/**
 * Passes on what a program sends to a port of its own host, over TCP and UDP, and the answers. It goes on until the container
 * of the program ends.
 */
export async function forward(
  { forward: port, partner }: Stage,
  { server, httpPort, echoPort }: PlaceNames,
): Promise<void> {
  const to = `${server}:${partner === 'http' ? httpPort : echoPort}`;
  for (const protocol of ['TCP4', 'UDP4']) {
    const listen = `${protocol}-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`;
    spawn('socat', [listen, `${protocol}:${to}`], { stdio: 'ignore' })
      .on('error', () => undefined)
      .unref();
  }
  await sleep(TO_LISTEN_MS);
}
