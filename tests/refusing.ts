import type { CertificateVolumes } from './certificate-volumes.ts';
import { eventually } from './eventually.ts';
import { type Ended, type Lab, OWNER } from './lab.ts';
import { commandsOf, type Refusal, type Wire } from './refusals.ts';

/** A refused client, and the entries that the server journaled for it. */
export interface Played extends Refusal, Ended {
  readonly entries: readonly Journaled[];
  /** When the client ran, in seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** What the server has printed. */
  readonly log: string;
}

export interface Journaled {
  readonly client_ip: string;
  readonly client_port: number;
  readonly event?: string;
  readonly reason?: string;
}

/** Runs the clients of each server one after another, and waits for the journal entries of each. */
export async function play(lab: Lab, refusals: readonly Refusal[]): Promise<Played[]> {
  const played: (Played & { log: string })[] = [];
  const chains = [...Map.groupBy(refusals, ({ server }) => server).values()].map(async (own) => {
    for (const refusal of own) {
      const before = (await lab.journal(refusal.server)).length;
      const from = Date.now() / 1000;
      const ended = await lab.shell(`(${refusal.line}) 2>&1`);
      const entries = async () => (await lab.journal(refusal.server)).slice(before) as unknown as Journaled[];
      const isThere = async () => (await entries()).length > 0;
      await eventually(`an entry of ${refusal.what} in ${refusal.server}.log`, 60_000, isThere);
      played.push({ ...refusal, ...ended, entries: await entries(), from, to: Date.now() / 1000, log: '' });
    }
  });
  await Promise.all(chains);
  for (const server of ['http', 'echo']) {
    const { stdout, stderr } = await lab.docker('logs', lab.nameOf(server));
    for (const one of played) if (one.server === server) one.log = stdout + stderr;
  }
  return played;
}

/** Somebody who has read the OPEN of a transfer on the wire, and replays it from another port. */
export async function replayed(lab: Lab): Promise<Refusal> {
  const { code, stdout } = await lab.shell(`${commandsOf(lab).send()} 2>&1`);
  if (code !== 0) throw new Error(stdout);
  const opens = `udp.dstport == ${lab.echoPort} && udp.payload contains "OPEN" && udp.payload contains "at="`;
  const [payload] = (await lab.frames('client', opens, 'udp.payload')).at(-1)!;
  const bytes = payload!.replace(/../g, '\\x$&');
  return {
    what: 'replayed transfer',
    server: 'echo',
    line: `printf '%b' '${bytes}' | nc -u -w 1 $server ${lab.echoPort}`,
    prints: 'replayed: an OPEN with the id ',
    entry: { event: 'transfer', state: 'refused', reason: 'replayed' },
    wire: { text: 'replayed: an OPEN with the id ' },
  };
}

/** Changes the certificates of both servers by a command line, and waits until the servers have read them. */
export async function replace(lab: Lab, volumes: CertificateVolumes, line: string): Promise<void> {
  const count = async (server: string) =>
    (await lab.docker('logs', lab.nameOf(server))).stdout.split('read again').length;
  const before = [await count('http'), await count('echo')];
  await volumes.run(line);
  for (const [index, server] of ['http', 'echo'].entries()) {
    const isRead = async () => (await count(server)) > before[index]!;
    await eventually(`new certificates in the log of ${server}`, 60_000, isRead);
  }
}

/** A frame of the capture of the server host, decrypted with the TLS keys. */
interface Seen {
  readonly server: Played['server'];
  readonly clientPort: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly alerts: readonly string[];
  readonly status: string;
  readonly data: Buffer;
  readonly isEnd: boolean;
}

/** The frames of all clients. */
export async function witnessOf(lab: Lab): Promise<Seen[]> {
  const { HTTP_PORT, HTTPS_PORT, ECHO_PORT, ECHO_TLS_PORT } = lab.settings;
  const decode = [
    ...[`tcp.port==${HTTP_PORT},http`, `tcp.port==${HTTPS_PORT},tls`, `tls.port==${HTTPS_PORT},http`],
    ...[`tcp.port==${ECHO_PORT},data`, `tcp.port==${ECHO_TLS_PORT},tls`, `tls.port==${ECHO_TLS_PORT},data`],
    `udp.port==${ECHO_PORT},data`,
  ].flatMap((as) => ['-d', as]);
  const fields = [
    ...['frame.time_epoch', 'tls.alert_message.desc', 'http.response.code', 'data.data'],
    ...['tcp.flags.fin', 'tcp.flags.reset'],
    ...['tcp.srcport', 'tcp.dstport', 'udp.srcport', 'udp.dstport'],
  ];
  const { stdout } = await lab.compose(
    ...['exec', '--no-TTY', '--user', OWNER, '--env', 'HOME=/tmp', 'capture-server'],
    ...['tshark', '-r', '/captures/server.pcap', '-o', 'tls.keylog_file:/captures/tls.keys', ...decode],
    ...['-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
  );
  const serverOf = (port: string): Seen['server'] | undefined => {
    if (port === HTTP_PORT || port === HTTPS_PORT) return 'http';
    return port === ECHO_PORT || port === ECHO_TLS_PORT ? 'echo' : undefined;
  };
  return stdout.split('\n').flatMap((line) => {
    const [time, alerts = '', status = '', data = '', fin = '', reset = '', ...ports] = line.split('\t');
    const used = ports.filter((port) => port !== '');
    const server = used.map(serverOf).find((one) => one !== undefined);
    if (!server) return [];
    return {
      server,
      clientPort: Number(used.find((port) => serverOf(port) === undefined)),
      time: Number(time),
      alerts: alerts === '' ? [] : alerts.split(','),
      status,
      data: Buffer.from(data.replaceAll(',', ''), 'hex'),
      isEnd: [fin, reset].some((flag) => flag === 'True' || flag === '1'),
    };
  });
}

/** The frames of one client. Clients of the other server, and earlier and later ones, may have the same port. */
export function framesOf(witness: readonly Seen[], { server, from, to }: Played, port: number): Seen[] {
  const AROUND = 1;
  return witness.filter(
    (frame) =>
      frame.server === server && frame.clientPort === port && frame.time >= from && frame.time <= to + AROUND,
  );
}

/** Whether a frame is as expected. */
export function shows({ alerts, status, data, isEnd }: Seen, wire: Wire): boolean {
  if ('alert' in wire) return alerts.includes(String(wire.alert));
  if ('status' in wire) return status === wire.status;
  if ('text' in wire) return data.includes(wire.text);
  return isEnd;
}
