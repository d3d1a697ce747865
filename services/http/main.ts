import { once } from 'node:events';
import { createServer } from 'node:http';
import { openControl } from '#common/control.ts';
import { controlFaults } from '#common/fault-control.ts';
import { formatProfile } from '#common/fault-profile.ts';
import { Faults } from '#common/faults.ts';
import { recordStart } from '#common/lab-record.ts';
import { createLog } from '#common/log.ts';
import { openJournal } from '#common/open-journal.ts';
import { runProgram } from '#common/program.ts';
import { newSeed } from '#common/random.ts';
import { sleep } from '#common/sleep.ts';
import { createApp } from './app.ts';
import { configSchema } from './config.ts';
import { outcomes } from './outcomes.ts';

const log = createLog();

await runProgram(process, configSchema, log, async (config) => {
  const now = () => new Date();
  const seed = config.LAB_SEED ?? newSeed();
  const faults = new Faults('http', outcomes, { profile: config.HTTP_FAULTS, seed });
  const { journal, note } = await openJournal(config.HTTP_JOURNAL, { log, now });
  const app = createApp({ faults, journal, log, sleep, now, timeoutSeconds: config.HTTP_TIMEOUT_SECONDS });
  const server = createServer(app).listen({ port: config.HTTP_PORT, backlog: 4096 });
  await once(server, 'listening');

  const started = { program: 'http', port: config.HTTP_PORT, faults: [faults.status()] };
  recordStart(config, started, { log, now });
  const control = await openControl(config.CONTROL_SOCKET, {
    faults: controlFaults([faults], { log, note, counts: 'request' }),
  });
  log.info(`Starting HTTP server on port ${config.HTTP_PORT}...`);
  log.info(`Faults ${formatProfile(config.HTTP_FAULTS)}, seed ${seed}`);

  return async () => {
    server.close();
    control.close();
    server.closeAllConnections();
    await journal.close();
  };
});
