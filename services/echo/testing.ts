import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { boundOf } from '#lib/bounds/testing.ts';
import type { FaultOptions, Protocol } from '#lib/faults/echo/fault.ts';
import { type FaultName, faultNames, faultNamesOf } from '#lib/faults/echo/index.ts';
import { Faults } from '#lib/faults/faults.ts';
import { Journal } from '#lib/journal/journal.ts';
import type { Note } from '#lib/journal/open-journal.ts';
import type { Entry } from '#lib/journal/schema.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { ConnectionServer } from './tcp/connections.ts';

/** How long a test may wait for the other end, in ms. */
const DEADLINE_MS = 30_000;

/** A time that only a test moves. */
export class ManualTime {
  now = 0;
  /** Every requested wait, in ms. */
  readonly delays: number[] = [];
  readonly #sleepers = new Set<{ readonly milliseconds: number; readonly due: number; wake(): void }>();

  readonly clock = (): number => this.now;

  readonly sleep: Sleep = (milliseconds, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { milliseconds, due: this.now + milliseconds, wake: resolve };
    this.delays.push(milliseconds);
    this.#sleepers.add(sleeper);
    signal.addEventListener('abort', () => {
      this.#sleepers.delete(sleeper);
      reject(signal.reason);
    });
    return promise;
  };

  readonly timer: Timer = (milliseconds, ring) => {
    const cancelled = new AbortController();
    this.sleep(milliseconds, cancelled.signal).then(ring, () => undefined);
    return () => cancelled.abort();
  };

  /** How many waits of this length there are. */
  waiting(milliseconds: number): number {
    return [...this.#sleepers].filter((sleeper) => sleeper.milliseconds === milliseconds).length;
  }

  /** Moves the time by this much when somebody waits for it. */
  async pass(milliseconds: number): Promise<void> {
    await until(() => this.waiting(milliseconds) > 0);
    this.now += milliseconds;
    for (const sleeper of this.#sleepers) {
      if (sleeper.due > this.now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

/** The next bytes of a connection, however they are cut. */
export async function read(socket: Socket, length: number): Promise<string> {
  await until(() => {
    socket.read(0);
    return socket.readableLength >= length;
  });
  return socket.read(length).toString('latin1');
}

/** A TCP server that listens, and its clients, over TLS when options are given. `close` ends all of them. */
export async function serveTcp({ server, close }: ConnectionServer, tls?: ConnectionOptions) {
  const served: Socket[] = [];
  const clients: Socket[] = [];
  const carriers = new Map<Socket, Socket>();
  server.on(tls ? 'secureConnection' : 'connection', (socket) => served.push(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    /** The connections on the server's side, in their order. */
    served,

    async connect(localAddress = '127.0.0.1'): Promise<Socket> {
      const host = '127.0.0.1';
      const carrier = connect({ port, host, localAddress, noDelay: true });
      const client = tls ? connectTls({ ...tls, host, socket: carrier }) : carrier;
      carriers.set(client, carrier);
      clients.push(client);
      await once(client, tls ? 'secureConnect' : 'connect');
      await until(() => served.length === clients.length);
      return client;
    },

    /** Resets a connection as its client. */
    reset(client: Socket): void {
      carriers.get(client)!.resetAndDestroy();
    },

    async close(): Promise<void> {
      for (const client of clients) client.destroy();
      const closed = once(server, 'close');
      close();
      await closed;
    },
  };
}

/** Returns when a condition becomes true, and fails when it never does. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`never came true: ${holds}`);
    await new Promise(setImmediate);
  }
}

/** The parts of an echo server, with its own time and journal. Its lines are kept. */
export async function createLab(protocol: Protocol) {
  const directory = await mkdtemp(join(tmpdir(), 'wirelab-'));
  const journal = await Journal.open<Entry>(join(directory, 'echo.log'));
  const time = new ManualTime();
  const said: string[] = [];
  const errors: string[] = [];
  const options: FaultOptions = { loss: 'notice', delay: { from: 1.5, to: 1.5 } };
  const parts = {
    faults: new Faults<FaultName>(
      `echo-${protocol}`,
      faultNamesOf[protocol],
      { profile: { kind: 'probabilities', of: new Map() }, seed: 'alice' },
      faultNames,
    ),
    journal,
    log: { error: (text: string) => errors.push(text) } as unknown as Log,
    say: (text: string) => void said.push(text),
    now: () => new Date('2025-01-02T03:04:05.006Z'),
    clock: time.clock,
    sleep: time.sleep,
    timer: time.timer,
    note: ((event, detail) => journal.append({ event, id: journal.nextId(), ...detail } as never)) as Note,
    idleSeconds: 60,
    options,
    connections: boundOf('ECHO_MAX_CONNECTIONS', 100),
    bufferBytes: 65_536,
    token: undefined as string | undefined,
  };
  return {
    parts,
    time,
    said,
    errors,

    /** Makes the server use these faults in order, by a script for its protocol. */
    script(...steps: FaultName[]): void {
      parts.faults.prepare({ profiles: { [`echo-${protocol}`]: `script:${steps.join(',')}` } })();
    },

    async entries(): Promise<Record<string, unknown>[]> {
      const lines = (await readFile(journal.path, 'utf8')).split('\n').slice(0, -1);
      return lines.map((line) => JSON.parse(line));
    },

    async close(): Promise<void> {
      await journal.close();
      await rm(directory, { recursive: true });
    },
  };
}

export type Lab = Awaited<ReturnType<typeof createLab>>;
export type TcpServer = Awaited<ReturnType<typeof serveTcp>>;
