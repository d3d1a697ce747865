import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal } from '#lib/live/refusal.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { Hello, Rights } from '../contract.ts';
import type { Feed } from '../feed/feed.ts';
import { createApp } from './app.ts';
import { type ControlSockets, Controls } from './controls.ts';
import { Filters } from './filters.ts';
import { cameByRightWay, hasRights } from './guard.ts';
import type { Reachable } from './hosts.ts';
import { refusalOf } from './refused.ts';
import { Doorman, type Tokens } from './rights.ts';
import { Runs } from './runs.ts';
import { connectShell } from './shell.ts';
import { Streams } from './streams/streams.ts';
import { WireWatch } from './wire-watch.ts';
import { Details } from './wireshark/details.ts';
import type { Programs } from './wireshark/programs.ts';

export interface WebParts {
  readonly feed: Feed;
  readonly tokens: Tokens;
  readonly reachable: Reachable;
  /** Pages that may be open at once. */
  readonly viewers: number;
  readonly isPlayed: boolean;
  readonly hello: (rights: Rights) => Omit<Hello, 'instance' | 'isContinued'>;
  readonly controls: ControlSockets;
  /** The Unix socket of the program in the client host. */
  readonly remote: string;
  readonly hasTerminal: boolean;
  readonly programs: Programs;
  /** The folder with the folders `page` and `terminal`. */
  readonly files: string;
  /** A folder for temporary files. */
  readonly folder: string;
  /** Tells the starts of the server apart. */
  readonly instance: string;
  readonly log: Log;
  readonly timer: Timer;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Shells that are open at once. */
const MOST_SHELLS = 8;
/** Connections for each page: its stream, and what it asks besides. */
const CONNECTIONS_EACH = 8;

export interface Web {
  readonly server: Server;
  close(): void;
}

/** Makes the server of the page. It does not listen yet. */
export function createWeb(parts: WebParts): Web {
  const { feed, tokens, timer, log, instance, viewers, programs, isPlayed } = parts;
  const { pool, startMatching } = programs;
  const runs = new Runs({ ...parts, socket: parts.remote, emit: (event) => streams.emit(event) });
  const onProblem = (problem: string) => log.warn(problem);
  const streams = new Streams({
    ...{ feed, instance, timer, startMatching, most: viewers, onProblem },
    more: () => ({ wire: watch.event().data, ...runs.state() }),
  });
  const controls = new Controls(parts.controls);
  // The journal of a wire that was removed stays.
  const watch = new WireWatch({
    ...{ timer, onProblem, emit: (event) => streams.emit(event) },
    look: async () => (isPlayed || (await controls.hasWire()) ? feed.state().wire : undefined),
  });
  const doorman = new Doorman(tokens);
  const app = createApp({
    ...{ ...parts, doorman, history: feed.history, streams, runs, controls },
    details: new Details({ history: feed.history, pool, folder: parts.folder }),
    filters: new Filters(pool),
  });
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5_000 },
    app,
  );
  server.maxConnections = CONNECTIONS_EACH * viewers;
  const shells = serveShells(server, doorman, parts);
  pool.prepare();
  return {
    server,
    close() {
      server.close();
      watch.close();
      streams.close();
      runs.close();
      for (const socket of shells) socket.destroy();
      server.closeAllConnections();
      pool.close();
    },
  };
}

/** Serves the WebSockets of terminals. Returns those that are open. */
function serveShells(
  server: Server,
  doorman: Doorman,
  { reachable, hasTerminal, remote }: WebParts,
): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', () => socket.destroy());
    try {
      const by = cameByRightWay(request, reachable);
      hasRights(request, by, { doorman, needed: 'control' });
      if (request.url !== '/terminal/shell') throw new Refusal(404, `${request.url} is not known`);
      if (!hasTerminal) throw new Refusal(403, 'there is no terminal; LIVE_TERMINAL=1 allows it');
      if (open.size >= MOST_SHELLS) throw new Refusal(503, `${MOST_SHELLS} shells are open, which is all`);
    } catch (error) {
      return refuse(socket, error);
    }
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    connectShell(request, { socket, head, path: remote });
  });
  return open;
}

function refuse(socket: Socket, error: unknown): void {
  const { status, problems } = refusalOf(error) ?? new Refusal(500, 'the server has failed');
  const body = JSON.stringify({ problems });
  const head = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  socket.end(`HTTP/1.1 ${status} Refused\r\n${head}\r\n\r\n${body}`);
}

/** Begins to listen. @throws when the port is taken, with the setting */
export async function listen({ server }: Web, port: number, address: string): Promise<void> {
  await once(server.listen({ port, host: address }), 'listening').catch((error: Error) => {
    throw new Error(`LIVE_PORT is "${port}", which can't be used: ${error.message}`, { cause: error });
  });
}
