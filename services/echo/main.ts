import { once } from 'node:events';
import { openControl } from '#common/control.ts';
import { createLog } from '#common/log.ts';
import { runProgram } from '#common/program.ts';
import { configSchema } from './config.ts';
import { createTcpEcho } from './tcp.ts';
import { createUdpEcho } from './udp.ts';

const log = createLog();

await runProgram(process, configSchema, log, async ({ ECHO_PORT: port, CONTROL_SOCKET }) => {
  const tcp = createTcpEcho().listen({ port, host: '0.0.0.0', backlog: 4096 });
  await once(tcp, 'listening');
  const udp = createUdpEcho().bind(port);
  await once(udp, 'listening');
  const control = await openControl(CONTROL_SOCKET, {});
  log.info(`[TCP SERVER] Listening on 0.0.0.0:${port}`);
  log.info(`[UDP SERVER] Listening on 0.0.0.0:${port}`);

  return async () => {
    tcp.close();
    udp.close();
    control.close();
  };
});
