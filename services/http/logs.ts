import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from 'express';
import type { Bound } from '#lib/bounds/bound.ts';
import { ClientCounts } from '#lib/bounds/client-counts.ts';
import type { Journal } from '#lib/journal/journal.ts';
import type { Log } from '#lib/runtime/log.ts';
import { type Sleep, sleepWhileOpen } from '#lib/runtime/sleep.ts';
import { clientAddress, respond, unavailable } from './respond.ts';

export interface LogsParts {
  readonly journal: Journal;
  readonly log: Log;
  readonly sleep: Sleep;
  /** How many clients may read the journal at once. */
  readonly logReaders: Bound;
  /** How long a client may take to read it, in seconds. */
  readonly readSeconds: number;
}

/** Error codes of a pipeline whose client has disconnected, before or during the response. */
const DISCONNECTED = new Set<string | undefined>(['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_UNABLE_TO_PIPE']);

/** Answers with the journal as a JSON array. */
export function serveLogs(parts: LogsParts): RequestHandler {
  const readers = new LogReaders(parts.logReaders, parts.sleep);
  return async ({ socket }, response) => {
    await hasItsTurn(response, socket);
    const client = clientAddress(socket) ?? '';
    const refusal = await readers.enter(socket, client);
    if (refusal !== undefined) return unavailable(response, refusal);
    try {
      if (!socket.destroyed) await sendLogs(response, client, parts);
    } finally {
      readers.leave(client);
    }
  };
}

/** Resolves when all earlier responses of the connection are sent, or the client has disconnected. */
async function hasItsTurn(response: ServerResponse, socket: Socket): Promise<void> {
  if (response.socket || socket.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('socket', resolve);
  socket.once('close', resolve);
  await promise;
  socket.off('close', resolve);
}

async function sendLogs(
  response: ServerResponse,
  client: string,
  { journal, log, readSeconds }: LogsParts,
): Promise<void> {
  const entries = await journal.toJsonArray().catch((error: unknown) => {
    log.error(`the journal can't be read: ${error}`);
    return undefined;
  });
  if (!entries) return respond(response, 500, 'Error reading log file');
  const signal = AbortSignal.timeout(readSeconds * 1000);
  try {
    response.writeHead(200, { 'content-type': 'application/json' });
    await pipeline(entries, response, { signal });
  } catch (error) {
    // When the client has disconnected, nobody needs to know.
    if (signal.aborted)
      log.warn(`${client} did not read /getlogs within ${readSeconds} s: the response was cut off`);
    else if (!DISCONNECTED.has((error as NodeJS.ErrnoException).code))
      log.error(`the journal can't be read: ${error}`);
  } finally {
    // When the client disconnects before the response begins, the pipeline does not close the stream.
    entries.destroy();
  }
}

/** How long a reader waits for a free place, in ms. So a class that asks at the same time is served in turn. */
const PATIENCE_MS = 1_000;

/** A client that waits for a place. */
interface Waiting {
  readonly client: string;
  readonly settle: (refusal: string | undefined) => void;
}

/** Limits the clients that read the journal. Each needs a file handle and buffers until it has read everything. */
class LogReaders {
  readonly #counts: ClientCounts;
  readonly #sleep: Sleep;
  readonly #waiting = new Set<Waiting>();

  constructor(bound: Bound, sleep: Sleep) {
    this.#counts = new ClientCounts(bound);
    this.#sleep = sleep;
  }

  /** Resolves when there is a place for this client; with a reason, when there was none in time. */
  async enter(socket: Socket, client: string): Promise<string | undefined> {
    const reached = this.#counts.take(client);
    if (!reached) return undefined;
    const { promise, resolve: settle } = Promise.withResolvers<string | undefined>();
    const waiting = { client, settle };
    this.#waiting.add(waiting);
    sleepWhileOpen(socket, PATIENCE_MS, this.#sleep).then(() => {
      if (!this.#waiting.delete(waiting)) return;
      if (!socket.destroyed) reached.exceeded();
      settle(this.#counts.refusal(reached, 'readers of /getlogs', 'reading'));
    });
    return promise;
  }

  /** Frees a place, and gives it to the client that has waited longest and may have it. */
  leave(client: string): void {
    this.#counts.giveBack(client);
    for (const waiting of this.#waiting) {
      if (this.#counts.take(waiting.client)) continue;
      this.#waiting.delete(waiting);
      waiting.settle(undefined);
      return;
    }
  }
}
