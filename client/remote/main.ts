import { join } from 'node:path';
import { createLog } from '#lib/runtime/log.ts';
import { runProgram } from '#lib/runtime/program.ts';
import { sleep } from '#lib/runtime/sleep.ts';
import { timer } from '#lib/runtime/timer.ts';
import { configSchema } from './config.ts';
import { Runs } from './runs.ts';
import { openRemote } from './server.ts';
import { Pty } from './shell/pty.ts';
import { Shells } from './shell/shells.ts';

const log = createLog();

await runProgram(process, configSchema, log, async (config) => {
  const servers = {
    address: config.LAB_SERVER_ADDRESS,
    ports: {
      http: config.HTTP_PORT,
      https: config.HTTPS_PORT,
      echo: config.ECHO_PORT,
      echoTls: config.ECHO_TLS_PORT,
      flow: config.FLOW_PORT,
    },
  };
  const client = [process.execPath, join(import.meta.dirname, '..', 'main.ts')] as const;
  const runs = new Runs({
    client,
    servers,
    environment: process.env,
    timer,
    seconds: config.LIVE_RUN_SECONDS,
  });
  // The greeting is for the first shell. A terminal in a browser is an xterm and speaks UTF-8.
  const environment = { ...process.env, SHLVL: undefined, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  const shell = { command: ['bash'], environment } as const;
  const shells = config.LIVE_TERMINAL
    ? new Shells({ open: (size) => Pty.open(shell, size, { sleep, timer }), timer })
    : undefined;
  const server = await openRemote(config.LIVE_REMOTE, { runs, shells, timer });
  log.info(`Commands${shells ? ' and shells' : ''} for the live view by ${config.LIVE_REMOTE}`);

  return async () => {
    server.close();
    shells?.close();
    server.closeAllConnections();
  };
});
