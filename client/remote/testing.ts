import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach } from '@jest/globals';
import type { Timer } from '#lib/runtime/timer.ts';
import { openRemote, type RemoteParts } from './server.ts';

/** A timer whose time only a test moves. */
export class ManualTimer {
  readonly #waiting = new Set<{ readonly milliseconds: number; ring(): void }>();

  readonly timer: Timer = (milliseconds, ring) => {
    const entry = { milliseconds, ring };
    this.#waiting.add(entry);
    return () => this.#waiting.delete(entry);
  };

  /** The times that are waited for, in ms. */
  get times(): number[] {
    return [...this.#waiting].map(({ milliseconds }) => milliseconds);
  }

  /** Rings what waits for this time. */
  ring(milliseconds: number): void {
    for (const entry of [...this.#waiting]) {
      if (entry.milliseconds !== milliseconds) continue;
      this.#waiting.delete(entry);
      entry.ring();
    }
  }
}

/** Opens the socket for each test of a file. */
export function useRemote(partsOf: (timer: Timer) => RemoteParts) {
  let folder: string;
  let server: Server;
  let parts: RemoteParts;
  const state = { path: '', time: new ManualTimer(), folder: '', ask, answer, connections };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wirelab-remote-'));
    Object.assign(state, { folder, path: join(folder, 'remote.sock'), time: new ManualTimer() });
    parts = partsOf(state.time.timer);
    server = await openRemote(state.path, parts);
  });
  afterEach(() => {
    server.close();
    parts.shells?.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Asks, and returns the response when its head is there. */
  function ask(method: string, path: string, body?: string): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    request({ socketPath: state.path, method, path }, resolve).once('error', reject).end(body);
    return promise;
  }

  async function answer(method: string, path: string, body?: string) {
    const response = await ask(method, path, body);
    return { status: response.statusCode, body: await text(response) };
  }

  /** How many connections the server has. */
  function connections(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    server.getConnections((_error, count) => resolve(count));
    return promise;
  }

  return state;
}
