import { once } from 'node:events';
import { ConfigError, describeConfig, readConfig } from '#common/config.ts';
import { openControl } from '#common/control.ts';
import { createLog } from '#common/log.ts';
import { onShutdown } from '#common/shutdown.ts';
import { configSchema } from './config.ts';
import { createTcpEcho } from './tcp.ts';
import { createUdpEcho } from './udp.ts';

const log = createLog();

async function main(): Promise<void> {
  const { ECHO_PORT: port, CONTROL_SOCKET } = readConfig(configSchema, process.env);
  const tcp = createTcpEcho().listen({ port, host: '0.0.0.0', backlog: 4096 });
  await once(tcp, 'listening');
  const udp = createUdpEcho().bind(port);
  await once(udp, 'listening');
  const control = await openControl(CONTROL_SOCKET, {});
  log.info(`[TCP SERVER] Listening on 0.0.0.0:${port}`);
  log.info(`[UDP SERVER] Listening on 0.0.0.0:${port}`);

  onShutdown(process, async () => {
    tcp.close();
    udp.close();
    control.close();
  });
}

if (process.argv.includes('--help')) {
  log.info(describeConfig(configSchema));
} else {
  main().catch((error: unknown) => {
    log.error(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof ConfigError ? 2 : 1;
  });
}
