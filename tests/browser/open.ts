import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { IMAGE } from './browser.ts';
import { IN_CONTAINER } from './chromium.ts';

/** A browser in a container of its own. */
export interface OpenBrowser {
  readonly browser: Browser;
  /** Ends the container too, in whatever state it is. */
  close(): Promise<void>;
}

/**
 * Opens a browser that stays, for a test that clicks and types. Its image must have been built.
 *
 * @param network as `docker run --network` takes it: `container:NAME` has that container's own 127.0.0.1
 */
export async function openBrowser(network: string): Promise<OpenBrowser> {
  const name = `wirelab-browser-${randomUUID()}`;
  const remove = () => promisify(execFile)('docker', ['rm', '--force', name]).catch(() => undefined);
  try {
    const browser = await chromium.launch({
      executablePath: join(import.meta.dirname, 'chromium.sh'),
      args: [...IN_CONTAINER],
      env: {
        ...process.env,
        BROWSER_IMAGE: IMAGE,
        BROWSER_NAME: name,
        BROWSER_NETWORK: network,
        BROWSER_USER: `${process.getuid?.()}:${process.getgid?.()}`,
      },
    });
    return {
      browser,
      async close() {
        await browser.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
