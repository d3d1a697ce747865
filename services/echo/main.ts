import type { Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createBound } from '#lib/bounds/bound.ts';
import { type Controlled, openControl } from '#lib/control/control.ts';
import { controlFaults } from '#lib/control/fault-control.ts';
import type { Protocol } from '#lib/faults/echo/fault.ts';
import { faultNames, faultNamesOf } from '#lib/faults/echo/index.ts';
import { restrictProfile } from '#lib/faults/fault-profile.ts';
import { Faults } from '#lib/faults/faults.ts';
import { recordStart } from '#lib/journal/lab-record.ts';
import { type Note, openJournal } from '#lib/journal/open-journal.ts';
import { GroupedLog } from '#lib/runtime/grouped-log.ts';
import { createLog } from '#lib/runtime/log.ts';
import { runProgram } from '#lib/runtime/program.ts';
import { newSeed } from '#lib/runtime/random.ts';
import { sleep } from '#lib/runtime/sleep.ts';
import { timer } from '#lib/runtime/timer.ts';
import { openTls, type Tls } from '#lib/tls/tls.ts';
import { type Config, configSchema } from './config.ts';
import type { ConnectionServer } from './tcp/connections.ts';
import { createTcpSink, createUdpSink } from './tcp/sink.ts';
import { createTcpEcho } from './tcp/tcp.ts';
import { watchOverflow } from './udp/overflow.ts';
import { createUdpEcho } from './udp/udp.ts';

const log = createLog();
const grouped = new GroupedLog(log);
const { say } = grouped;
const now = () => new Date();
const clock = () => performance.now();

const LISTEN = { host: '0.0.0.0', backlog: 4096 };

/** The servers on the ports, and what belongs to them. */
interface Mode {
  readonly tcp: ConnectionServer;
  /** The same over TLS. */
  readonly tls: ConnectionServer;
  readonly udp: UdpSocket;
  readonly controlled: Controlled;
  readonly encryption: Tls;
  readonly note: Note;
  /** Lines that the program prints when it listens. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

await runProgram(process, configSchema, log, async (config) => {
  const { ECHO_PORT: port, ECHO_TLS_PORT: tlsPort } = config;
  const { tcp, tls, udp, encryption, controlled, note, lines, close } = await (config.ECHO_MODE === 'sink'
    ? sink(config)
    : echo(config));
  const reportOverflow = watchOverflow(udp, {
    timer,
    onLost(datagrams) {
      log.warn(`${datagrams} UDP datagrams were lost: the buffer of the socket was full`);
      note('overflow', { protocol: 'udp', datagrams }).catch((error) => log.error(String(error)));
    },
  });
  await once(tcp.server.listen({ port, ...LISTEN }), 'listening');
  await once(tls.server.listen({ port: tlsPort, ...LISTEN }), 'listening');
  await once(udp.bind(port), 'listening');
  const started = {
    program: 'echo',
    port,
    tlsPort,
    mode: config.ECHO_MODE,
    faults: controlled.faults?.status() ?? [],
  };
  recordStart(config, started, { log, now });
  const control = await openControl(config.CONTROL_SOCKET, controlled);
  log.info(`[TCP SERVER] Listening on 0.0.0.0:${port}`);
  log.info(`[UDP SERVER] Listening on 0.0.0.0:${port}`);
  log.info(`[TCP SERVER] TLS on port ${tlsPort}, ${encryption.description}`);
  log.info('[MAIN] TCP and UDP servers are running...\n');
  for (const line of lines) log.info(line);

  return async () => {
    say('\n[MAIN] Shutting down servers...');
    tcp.close();
    tls.close();
    reportOverflow();
    udp.close();
    encryption.close();
    control.close();
    await close();
    grouped.flush();
  };
});

async function echo(config: Config): Promise<Mode> {
  const seed = config.LAB_SEED ?? newSeed();
  const { journal, note } = await openJournal(config.ECHO_JOURNAL, { log, now });
  const tcpFaults = faultsOf('tcp', config.ECHO_TCP_FAULTS, config, seed);
  const udpFaults = faultsOf('udp', config.ECHO_UDP_FAULTS, config, seed);
  const options = { loss: config.ECHO_LOSS, delay: config.ECHO_DELAY_SECONDS };
  const shared = {
    journal,
    note,
    log,
    say,
    now,
    clock,
    sleep,
    options,
    token: config.LAB_TOKEN,
    idleSeconds: config.ECHO_IDLE_SECONDS,
  };
  const encryption = await openTls(config, { log, note });
  const connections = createBound('ECHO_MAX_CONNECTIONS', config, { log, note, timer });
  const overTcp = {
    ...shared,
    faults: tcpFaults,
    connections,
    bufferBytes: config.ECHO_BUFFER_KIB * 1024,
  };
  return {
    tcp: createTcpEcho(overTcp),
    tls: createTcpEcho({ ...overTcp, tls: encryption }),
    encryption,
    note,
    udp: createUdpEcho({
      ...shared,
      faults: udpFaults,
      timer,
      onDropped(datagrams) {
        log.warn(`${datagrams} datagrams were dropped: too many wait for their echoes`);
        note('dropped', { protocol: 'udp', datagrams }).catch((error) => log.error(String(error)));
      },
    }),
    controlled: {
      problems: () => [journal.check(), encryption.check()].filter((problem) => problem !== undefined),
      faults: controlFaults([tcpFaults, udpFaults], { log, note, counts: 'message' }),
    },
    lines: [tcpFaults, udpFaults].map((faults) => {
      const { server, profile } = faults.status();
      return `Fault profile of ${server}: ${profile}, seed ${seed}`;
    }),
    async close() {
      connections.close();
      await journal.close();
    },
  };
}

async function sink(config: Config): Promise<Mode> {
  const note = async () => undefined;
  const connections = createBound('ECHO_MAX_CONNECTIONS', config, { log, note, timer });
  const overTcp = { connections, idleSeconds: config.ECHO_IDLE_SECONDS, say, sleep };
  const encryption = await openTls(config, { log, note });
  return {
    tcp: createTcpSink(overTcp),
    tls: createTcpSink({ ...overTcp, tls: encryption }),
    encryption,
    note,
    udp: createUdpSink({ say }),
    controlled: {
      problems: () => [encryption.check()].filter((problem) => problem !== undefined),
      faults: controlFaults([], { log, note, counts: 'message' }),
    },
    lines: ['Sink mode: messages are printed and not answered'],
    close: async () => connections.close(),
  };
}

function faultsOf(
  protocol: Protocol,
  own: Config['ECHO_UDP_FAULTS'] | Config['ECHO_TCP_FAULTS'],
  { ECHO_FAULTS }: Config,
  seed: string,
) {
  const names = faultNamesOf[protocol];
  const profile = restrictProfile(own ?? ECHO_FAULTS, names);
  const configured = { profile, seed, isShared: own === undefined };
  return new Faults(`echo-${protocol}`, names, configured, faultNames);
}
