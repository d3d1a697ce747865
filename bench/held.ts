import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { askFaults } from '#lib/control/control.ts';
import type { FaultStatus } from '#lib/faults/faults.ts';
import { sleep } from '#lib/runtime/sleep.ts';
import { format, median, table } from './figures.ts';
import { openFiles, residentMemory } from './process.ts';
import { type LabServer, startLabServer } from './programs.ts';
import type { Section } from './section.ts';

const REQUESTS = 5_000;
const BATCH = 250;
const HOLD_SECONDS = 30;
const HEALTH_CHECKS = 101;
/** Time between two checks of a condition, and the longest time until it must be true, in ms. */
const CHECK_MS = 50;
const PATIENCE_MS = 60_000;

export const held: Section = {
  title: `${format(REQUESTS)} requests held in timeout at once, for ${HOLD_SECONDS} s`,

  async run(signal) {
    await using server = await startLabServer('http', {
      HTTP_FAULTS: 'timeout=1',
      HTTP_TIMEOUT_SECONDS: String(HOLD_SECONDS),
    });
    const rows = [await row('before', server)];
    const idle = await openFiles(server.pid);
    const allClosed = () => until(async () => (await openFiles(server.pid)) <= idle, signal);

    using patient = new Crowd(server);
    await patient.ask(signal);
    rows.push(await row('all held', server));
    await allClosed();
    rows.push(await row('the server has closed them', server));

    using hasty = new Crowd(server);
    await hasty.ask(signal);
    rows.push(await row('all held again', server));
    hasty.leave();
    await allClosed();
    rows.push(await row('the clients have disconnected', server));

    const text = [
      table([['', 'memory MiB', 'open files', 'health ms', 'worst'], ...rows]),
      '',
      `  The server closed them after ${patient.waits()} s and sent ${patient.bytesReceived()} bytes.`,
    ].join('\n');
    return { text, ratios: [] };
  },
};

/** Many clients with a connection and a request each. */
class Crowd implements Disposable {
  readonly #server: LabServer;
  readonly #sockets: Socket[] = [];
  readonly #waits: number[] = [];

  constructor(server: LabServer) {
    this.#server = server;
  }

  /** Returns when the server has decided on every request. */
  async ask(signal: AbortSignal): Promise<void> {
    const { draws } = await this.#faults();
    while (this.#sockets.length < REQUESTS) {
      await Promise.all(Array.from({ length: BATCH }, () => this.#askOnce(signal)));
    }
    await until(async () => (await this.#faults()).draws === draws + REQUESTS, signal);
  }

  leave(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The shortest and the longest time until the server closed, in seconds. */
  waits(): string {
    return `${format(Math.min(...this.#waits), 1)} to ${format(Math.max(...this.#waits), 1)}`;
  }

  bytesReceived(): number {
    return this.#sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  }

  [Symbol.dispose](): void {
    this.leave();
  }

  async #faults(): Promise<FaultStatus> {
    const [http] = await askFaults(this.#server.control);
    return http!;
  }

  async #askOnce(signal: AbortSignal): Promise<void> {
    const socket = connect(this.#server.port, '127.0.0.1');
    this.#sockets.push(socket);
    await once(socket, 'connect', { signal });
    const asked = performance.now();
    socket
      .on('error', () => undefined)
      .once('close', () => this.#waits.push((performance.now() - asked) / 1000))
      .resume()
      .write('GET /getbalance HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  }
}

async function row(moment: string, { pid, control }: LabServer): Promise<string[]> {
  const health: number[] = [];
  while (health.length < HEALTH_CHECKS) health.push(await healthCheck(control));
  const memory = await residentMemory(pid);
  const files = await openFiles(pid);
  return [
    moment,
    format(memory, 1),
    format(files),
    format(median(health), 1),
    format(Math.max(...health), 1),
  ];
}

/** How long the response takes, in ms. */
async function healthCheck(socketPath: string): Promise<number> {
  const asked = performance.now();
  const [response] = await once(request({ socketPath, path: '/health' }).end(), 'response');
  if (response.statusCode !== 200) throw new Error(`the health check returned ${response.statusCode}`);
  await once(response.resume(), 'end');
  return performance.now() - asked;
}

async function until(condition: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  while (!(await condition())) await sleep(CHECK_MS, patience);
}
