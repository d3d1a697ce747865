import type { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import type { Faults } from '#lib/faults/faults.ts';
import type { Journal } from '#lib/journal/journal.ts';
import type { Entry } from '#lib/journal/schema.ts';
import { type Sleep, sleepWhileOpen } from '#lib/runtime/sleep.ts';
import { timestamps } from '#lib/runtime/timestamps.ts';
import { tlsVersion } from '#lib/tls/version.ts';
import type { Exchanges } from './exchanges.ts';
import { answers, type Outcome } from './outcomes.ts';
import { clientAddress, respond } from './respond.ts';

export interface BalanceParts {
  readonly faults: Faults<Outcome>;
  readonly journal: Journal<Entry>;
  readonly exchanges: Exchanges;
  readonly sleep: Sleep;
  readonly now: () => Date;
  /** How long the outcome `timeout` holds a request, in seconds. */
  readonly timeoutSeconds: number;
  /** The connections on which the outcome `timeout` holds a request. */
  readonly held: WeakSet<Socket>;
}

/** Draws an outcome, journals it, then answers by it. */
export function serveBalance(parts: BalanceParts): RequestHandler {
  const { faults, journal, exchanges, sleep, timeoutSeconds, held } = parts;
  const timestamp = timestamps(parts.now);
  return async (request, response) => {
    const { socket } = request;
    const exchange = await exchanges.of(request, response);
    const { fault: outcome, draw } = faults.next();
    await journal.append({
      timestamp: timestamp(),
      client_ip: clientAddress(socket),
      outcome,
      id: journal.nextId(),
      client_port: socket.remotePort,
      request: draw,
      ...exchange,
      tls: tlsVersion(socket),
    });
    const answer = answers[outcome];
    if (answer.kind === 'respond') {
      respond(response, answer.status, answer.body, answer.type);
      return;
    }
    held.add(socket);
    await sleepWhileOpen(socket, timeoutSeconds * 1000, sleep);
    // TLS has a closing alert, without which a connection looks truncated (RFC 8446, 6.1).
    socket.destroySoon();
  };
}
