import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { answerLast } from '#lib/live/last-answer.ts';
import { Refusal } from '#lib/live/refusal.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { Hello, Rights } from '../contract.ts';
import type { Feed } from '../feed/feed.ts';
import { createApp } from './app.ts';
import { type ControlSockets, Controls } from './controls.ts';
import { Filters } from './filters.ts';
import { cameByRightWay, hasRights } from './guard.ts';
import { type Reachable, THIS_MACHINE } from './hosts.ts';
import { refusalOf } from './refused.ts';
import { Doorman, type Tokens } from './rights.ts';
import { Runs } from './runs.ts';
import { Shares } from './shares.ts';
import { keeperAt } from './sheet/keeper.ts';
import { SheetOfRun, type SheetOfRunParts } from './sheet/sheet-of-run.ts';
import { connectShell } from './shell.ts';
import { Streams } from './streams/streams.ts';
import { WireWatch } from './wire-watch.ts';
import { Details } from './wireshark/details.ts';
import type { Programs } from './wireshark/programs.ts';

export interface WebParts {
  readonly feed: Feed;
  readonly tokens: Tokens;
  /** How a class reaches its port. */
  readonly reachable: Reachable;
  /** Pages that may be open at once. */
  readonly viewers: number;
  readonly isPlayed: boolean;
  readonly hello: (rights: Rights) => Omit<Hello, 'instance' | 'isContinued'>;
  readonly controls: ControlSockets;
  /** The Unix socket of the program in the client host. */
  readonly remote: string;
  readonly hasTerminal: boolean;
  /** Where the sheet of the run is, and the Unix socket of the program that keeps answers. */
  readonly sheet: Pick<SheetOfRunParts, 'captures' | 'sheets' | 'defaults'> & { readonly keeper: string };
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

/** How long a connection may take for a request and its head, and be idle; and how often Node looks, in ms. */
const TIME_LIMITS = {
  ...{ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5_000 },
  connectionsCheckingInterval: 5_000,
} as const;
/** Connections for each page: its stream, and what it asks besides. */
const CONNECTIONS_EACH = 8;

/** The ports: that of the controls, which only this machine reaches, and that of a class, which has no controls. */
export const portNames = ['controls', 'class'] as const;
export type PortName = (typeof portNames)[number];

export interface Web {
  readonly servers: Readonly<Record<PortName, Server>>;
  close(): void;
}

/** Makes the servers of the page. They do not listen yet. */
export function createWeb(parts: WebParts): Web {
  const { feed, tokens, timer, log, instance, viewers, programs, isPlayed } = parts;
  const { pool, startMatching } = programs;
  const runs = new Runs({ ...parts, socket: parts.remote, emit: (event) => streams.emit(event) });
  const onProblem = (problem: string) => log.warn(problem);
  const streams = new Streams({
    ...{ feed, instance, timer, startMatching, most: viewers, onProblem },
    more: () => ({ wire: watch.event().data, ...runs.state() }),
  });
  const controls = new Controls(parts.controls, timer);
  // The journal of a wire that was removed stays.
  const watch = new WireWatch({
    ...{ timer, onProblem, emit: (event) => streams.emit(event) },
    look: async () => (isPlayed || (await controls.hasWire()) ? feed.state().wire : undefined),
  });
  const details = new Details({ history: feed.history, pool, folder: parts.folder });
  const { history } = feed;
  const keep = keeperAt(parts.sheet.keeper, timer);
  const sheet = new SheetOfRun({ ...parts.sheet, isPlayed, history, keep });
  const shared = { streams, runs, controls, details, filters: new Filters(pool), history, sheet };
  const shells = new Set<Socket>();
  const serverAt = (name: PortName): Server => {
    const isForClass = name === 'class';
    const doorman = new Doorman(tokens, !isForClass);
    const reachable = isForClass ? parts.reachable : THIS_MACHINE;
    const app = createApp({ ...parts, ...shared, doorman, reachable, isForClass });
    const server = createServer(TIME_LIMITS, app);
    server.maxConnections = CONNECTIONS_EACH * viewers;
    if (isForClass) shareOut(server);
    serveShells(server, { ...parts, doorman, reachable, open: shells });
    return server;
  };
  const servers = { controls: serverAt('controls'), class: serverAt('class') };
  pool.prepare();
  return {
    servers,
    close() {
      for (const server of Object.values(servers)) server.close();
      watch.close();
      streams.close();
      runs.close();
      for (const socket of shells) socket.destroy();
      for (const server of Object.values(servers)) server.closeAllConnections();
      pool.close();
    },
  };
}

/** Lets one client have a half of the connections. */
function shareOut(server: Server): void {
  const places = new Shares(server.maxConnections);
  server.on('connection', (socket) => {
    const { remoteAddress } = socket;
    if (places.limitFor(remoteAddress)) socket.destroy();
    else socket.once('close', places.take(remoteAddress));
  });
}

interface ShellsParts extends Pick<WebParts, 'reachable' | 'hasTerminal' | 'remote' | 'timer'> {
  readonly doorman: Doorman;
  /** The connections of the shells that are open. */
  readonly open: Set<Socket>;
}

/** Serves the WebSockets of terminals. */
function serveShells(
  server: Server,
  { doorman, reachable, hasTerminal, remote, timer, open }: ShellsParts,
): void {
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', () => socket.destroy());
    try {
      const by = cameByRightWay(request, reachable);
      hasRights(request, by, { doorman, needed: 'control' });
      if (request.url !== '/terminal/shell') throw new Refusal(404, `${request.url} is not known`);
      if (!hasTerminal) throw new Refusal(403, 'there is no terminal; LIVE_TERMINAL=1 allows it');
    } catch (error) {
      return answerLast(socket, refusalText(error), timer);
    }
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    connectShell(request, { socket, head, path: remote, timer });
  });
}

function refusalText(error: unknown): string {
  const { status, problems } = refusalOf(error) ?? new Refusal(500, 'the server has failed');
  const body = JSON.stringify({ problems });
  const head = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  return `HTTP/1.1 ${status} Refused\r\n${head}\r\n\r\n${body}`;
}

const SETTINGS: Readonly<Record<PortName, string>> = { controls: 'LIVE_PORT', class: 'LIVE_CLASS_PORT' };

/** Begins to listen. @throws when a port is taken, with the setting */
export async function listen(
  { servers }: Web,
  ports: Readonly<Record<PortName, number>>,
  address: string,
): Promise<void> {
  for (const name of portNames) {
    const port = ports[name];
    await once(servers[name].listen({ port, host: address }), 'listening').catch((error: Error) => {
      throw new Error(`${SETTINGS[name]} is "${port}", which can't be used: ${error.message}`, {
        cause: error,
      });
    });
  }
}
