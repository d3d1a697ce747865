import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { createBound } from '#lib/bounds/bound.ts';
import { openControl } from '#lib/control/control.ts';
import { controlFaults } from '#lib/control/fault-control.ts';
import { formatProfile } from '#lib/faults/fault-profile.ts';
import { Faults } from '#lib/faults/faults.ts';
import { recordStart } from '#lib/journal/lab-record.ts';
import { openJournal } from '#lib/journal/open-journal.ts';
import { createLog } from '#lib/runtime/log.ts';
import { runProgram } from '#lib/runtime/program.ts';
import { newSeed } from '#lib/runtime/random.ts';
import { sleep } from '#lib/runtime/sleep.ts';
import { timer } from '#lib/runtime/timer.ts';
import { openTls } from '#lib/tls/tls.ts';
import { createApp } from './app.ts';
import { CHECK_MS, serveWithin } from './bounds.ts';
import { configSchema } from './config.ts';
import { Exchanges } from './exchanges.ts';
import { outcomes } from './outcomes.ts';

const log = createLog();

await runProgram(process, configSchema, log, async (config) => {
  const now = () => new Date();
  const seed = config.LAB_SEED ?? newSeed();
  const faults = new Faults('http', outcomes, { profile: config.HTTP_FAULTS, seed });
  const { journal, note } = await openJournal(config.HTTP_JOURNAL, { log, now });
  const connections = createBound('HTTP_MAX_CONNECTIONS', config, { log, note, timer });
  const logReaders = createBound('HTTP_MAX_LOG_READERS', config, { log, note, timer });
  const held = new WeakSet<Socket>();
  const tls = await openTls(config, { log, note });
  const carrierOf = (socket: Socket) => tls.carrierOf(socket);
  const exchanges = new Exchanges(carrierOf);
  const app = createApp({
    faults,
    journal,
    exchanges,
    log,
    sleep,
    now,
    timeoutSeconds: config.HTTP_TIMEOUT_SECONDS,
    logReaders,
    readSeconds: config.HTTP_IDLE_SECONDS,
    held,
    secrets: { token: config.LAB_TOKEN, basic: config.LAB_BASIC },
  });
  const bounds = {
    connections,
    idleSeconds: config.HTTP_IDLE_SECONDS,
    sleep,
    carrierOf,
    isHeld: (socket: Socket) => held.has(socket),
  };
  const options = { connectionsCheckingInterval: CHECK_MS };
  const servers = [
    { server: createServer(options), port: config.HTTP_PORT },
    { server: tls.watch(createTlsServer({ ...tls.options, ...options })), port: config.HTTPS_PORT },
  ].map(({ server, port }) =>
    serveWithin(exchanges.watch(server), app, bounds).listen({ port, backlog: 4096 }),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));

  const started = {
    program: 'http',
    port: config.HTTP_PORT,
    tlsPort: config.HTTPS_PORT,
    faults: [faults.status()],
  };
  recordStart(config, started, { log, now });
  const control = await openControl(config.CONTROL_SOCKET, {
    problems: () => [journal.check(), tls.check()].filter((problem) => problem !== undefined),
    faults: controlFaults([faults], { log, note, counts: 'request' }),
  });
  log.info(`Starting HTTP server on port ${config.HTTP_PORT}...`);
  log.info(`TLS on port ${config.HTTPS_PORT}, ${tls.description}`);
  log.info(`Fault profile ${formatProfile(config.HTTP_FAULTS)}, seed ${seed}`);

  return async () => {
    for (const server of servers) server.close();
    control.close();
    tls.close();
    for (const server of servers) server.closeAllConnections();
    connections.close();
    logReaders.close();
    await journal.close();
  };
});
