import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { format, table } from './figures.ts';
import { openFiles, residentMemory } from './process.ts';
import { type LabServer, startLabServer } from './programs.ts';
import type { Section } from './section.ts';

const CONNECTIONS = 5_000;
const BATCH = 250;
/** Time between two checks whether all connections are closed, in ms. */
const CHECK_MS = 50;

export const idle: Section = {
  title: `${format(CONNECTIONS)} connections to the echo server held idle, each after one message and its echo`,

  async run(signal) {
    await using server = await startLabServer('echo', { ECHO_FAULTS: 'none' });
    const rows = [await row('before', server)];
    const files = await openFiles(server.pid);
    const sockets: Socket[] = [];
    try {
      for (const round of ['held', 'held again']) {
        while (sockets.length < CONNECTIONS) {
          signal.throwIfAborted();
          sockets.push(...(await Promise.all(Array.from({ length: BATCH }, () => greet(server.port)))));
        }
        rows.push(await row(round, server));
        for (const socket of sockets.splice(0)) socket.destroy();
        while ((await openFiles(server.pid)) > files) await setTimeout(CHECK_MS, undefined, { signal });
        rows.push(await row('closed', server));
      }
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    return { text: table([['', 'memory MiB', 'open files'], ...rows]), ratios: [] };
  },
};

async function greet(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write('Hey|e4599fa9');
  await once(socket, 'data');
  return socket;
}

async function row(moment: string, { pid }: LabServer): Promise<string[]> {
  return [moment, format(await residentMemory(pid), 1), format(await openFiles(pid))];
}
