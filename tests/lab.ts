import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment, Wait } from 'testcontainers';
import { freePort } from './free-port.ts';
import type { Entries, TransferEntry } from './journal-entries.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const PREFIX = 'wirelab-test';
/** Octets that a command may print. */
const MOST_OUTPUT = 256 * 2 ** 20;

/**
 * Networks and ports are divided among the workers of jest: between a look at what is free and the start of a lab on
 * it, another worker would take the same.
 */
const SHARES = 5;
const share = Number(process.env.JEST_WORKER_ID ?? 0) % SHARES;
const NETWORKS = { first: 200 + 10 * share, count: 10 };
/** Below those that the kernel hands out, to whoever asks. */
const FIRST_PORT = 20_000 + 1_000 * share;

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The settings under which a lab of its own runs beside any other: project, subnet, ports, captures. */
export type Settings = Readonly<Record<string, string>>;

export type Host = 'server' | 'client';
export async function ownSettings(overrides: Settings = {}): Promise<Settings> {
  await removeAbandoned();
  const network = await freeNetwork();
  const httpPort = await freePort(FIRST_PORT);
  const echoPort = await freePort(httpPort + 1);
  return {
    COMPOSE_PROJECT_NAME: `${PREFIX}-${process.pid}-${Date.now().toString(36)}`,
    LAB_SUBNET: `${network}.0.0/16`,
    LAB_SERVER_ADDRESS: `${network}.28.182`,
    LAB_CLIENT_ADDRESS: `${network}.142.133`,
    HTTP_PORT: String(httpPort),
    ECHO_PORT: String(echoPort),
    LAB_CAPTURES_DIR: await mkdtemp(join(tmpdir(), `${PREFIX}-`)),
    LAB_UID: String(process.getuid?.()),
    LAB_GID: String(process.getgid?.()),
    LAB_SEED: 'alice',
    HTTP_FAULTS: 'timeout=0.2,403=0.2,500=0.1',
    HTTP_TIMEOUT_SECONDS: '15',
    ECHO_MODE: 'echo',
    ECHO_FAULTS: 'loss=0.2,delay=0.2,corruption=0.2',
    ECHO_TCP_FAULTS: '',
    ECHO_UDP_FAULTS: '',
    ECHO_LOSS: 'notice',
    ECHO_DELAY_SECONDS: '0-10',
    ECHO_IDLE_SECONDS: '60',
    ECHO_MAX_CONNECTIONS: '8000',
    ECHO_BUFFER_KIB: '64',
    LAB_CAPTURE_FILE_MB: '100',
    LAB_CAPTURE_FILES: '10',
    LAB_CAPTURE_BUFFER_KIB: '65536',
    ...overrides,
  };
}

/** Runs a command of this machine in the project's folder under these settings. */
export async function command(settings: Settings, file: string, ...args: string[]): Promise<Ended> {
  return run(file, args, { cwd: root, env: { ...process.env, ...settings }, maxBuffer: MOST_OUTPUT }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

/** Removes all that a lab under these settings can have left, whatever state it is in. */
export async function remove({ COMPOSE_PROJECT_NAME = '', LAB_CAPTURES_DIR = '' }: Settings): Promise<void> {
  await removeProject(COMPOSE_PROJECT_NAME);
  await rm(LAB_CAPTURES_DIR, { recursive: true, force: true });
}

/** The project's own docker-compose.yml, started by testcontainers. */
export class Lab {
  readonly settings: Settings;
  readonly #environment: StartedDockerComposeEnvironment;

  private constructor(settings: Settings, environment: StartedDockerComposeEnvironment) {
    this.settings = settings;
    this.#environment = environment;
  }

  static async start(overrides: Settings = {}): Promise<Lab> {
    const settings = await ownSettings(overrides);
    try {
      await command(settings, 'setup/new-run.sh');
      const started = Wait.forSuccessfulCommand('true');
      const environment = await new DockerComposeEnvironment(root, 'docker-compose.yml')
        .withProjectName(settings.COMPOSE_PROJECT_NAME!)
        .withEnvironment(settings)
        .withAutoCleanup(false)
        .withWaitStrategy('server-host-1', started)
        .withWaitStrategy('client-host-1', started)
        .withWaitStrategy('client-1', started)
        .up();
      return new Lab(settings, environment);
    } catch (error) {
      await remove(settings);
      throw error;
    }
  }

  get server(): string {
    return this.settings.LAB_SERVER_ADDRESS!;
  }

  get httpPort(): string {
    return this.settings.HTTP_PORT!;
  }

  get echoPort(): string {
    return this.settings.ECHO_PORT!;
  }

  async exec(service: string, ...args: string[]): Promise<Ended> {
    const { exitCode, stdout, stderr } = await this.#environment.getContainer(`${service}-1`).exec(args);
    return { code: exitCode, stdout, stderr };
  }

  /** `client balance` from the client host. */
  balance(...options: string[]): Promise<Ended> {
    return this.exec('client', 'client', 'balance', this.server, this.httpPort, ...options);
  }

  /** `client echo` from the client host. */
  echo(...options: string[]): Promise<Ended> {
    return this.exec('client', 'client', 'echo', this.server, this.echoPort, ...options);
  }

  /** `client send` from the client host. */
  send(...options: string[]): Promise<Ended> {
    return this.exec('client', 'client', 'send', this.server, this.echoPort, ...options);
  }

  /** A shell's command line in the client host, where `$server` and `$port` are the echo server's. */
  shell(line: string): Promise<Ended> {
    return this.exec('client', 'env', `server=${this.server}`, `port=${this.echoPort}`, 'bash', '-c', line);
  }

  /** `faults` at the echo server. */
  faults(...options: string[]): Promise<Ended> {
    return this.exec('echo', 'faults', ...options);
  }

  docker(...args: string[]): Promise<Ended> {
    return command(this.settings, 'docker', ...args);
  }

  compose(...args: string[]): Promise<Ended> {
    return this.docker('compose', ...args);
  }

  /** What Docker calls the container of a service. */
  nameOf(service: string): string {
    return `${this.settings.COMPOSE_PROJECT_NAME}-${service}-1`;
  }

  /** The fields of the frames that pass a display filter, a row a frame, read by tshark from both ends' files. */
  async frames(host: Host, filter: string, ...fields: string[]): Promise<string[][]> {
    const { code, stdout, stderr } = await this.exec(
      `capture-${host}`,
      ...['tshark', '-r', `/captures/${host}.pcap`, '-d', `tcp.port==${this.httpPort},http`],
      ...['-d', `tcp.port==${this.echoPort},data`, '-d', `udp.port==${this.echoPort},data`],
      ...['-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
    );
    if (code !== 0) throw new Error(`tshark: ${stderr}`);
    return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')]));
  }

  /** All TCP and UDP frames of a host's capture, a line each, in an order that both hosts' captures share. */
  async packets(host: Host): Promise<string[]> {
    const ports = ['ip.src', 'tcp.srcport', 'tcp.dstport', 'udp.srcport', 'udp.dstport'];
    const contents = ['tcp.seq_raw', 'tcp.ack_raw', 'tcp.flags', 'tcp.payload', 'udp.payload'];
    return (await this.frames(host, 'tcp || udp', ...ports, ...contents)).map((row) => row.join(' ')).sort();
  }

  /** A server's journal, the HTTP server's unless told, read from the file on this machine. */
  async journal<Server extends keyof Entries = 'http'>(
    server: Server = 'http' as Server,
  ): Promise<Entries[Server][]> {
    const text = await readFile(join(this.settings.LAB_CAPTURES_DIR!, `${server}.log`), 'utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  }

  /** What became of each transfer, in the order of the echo server's journal. */
  async transfers(): Promise<TransferEntry[]> {
    const entries: readonly unknown[] = await this.journal('echo');
    return entries.filter(
      (entry): entry is TransferEntry => (entry as { event?: string }).event === 'transfer',
    );
  }

  /** Runs a file of this folder with Node in a client container of its own, and returns the JSON that it prints. */
  async runInClient<Report>(file: string, ...args: string[]): Promise<Report> {
    const { code, stdout, stderr } = await this.compose(
      ...['run', '--rm', '--no-deps', '--no-TTY', '--volume', `${import.meta.dirname}:/lab/tests:ro`],
      ...['client', 'node', `/lab/tests/${file}`, ...args],
    );
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  }

  async end(): Promise<void> {
    await remove(this.settings);
  }
}

/** Of this worker's networks one that neither Docker nor a route of this machine has, as its two first numbers. */
async function freeNetwork(): Promise<string> {
  const { stdout: ids } = await run('docker', ['network', 'ls', '--quiet']);
  // One of them may be gone by now, which fails; the others are printed.
  const { stdout: networks } = await command({}, 'docker', 'network', 'inspect', ...ids.trim().split('\n'));
  const { stdout: routes } = await run('ip', ['-4', 'route', 'show']).catch(() => ({ stdout: '' }));
  const { first, count } = NETWORKS;
  for (let second = first; second < first + count; second += 1) {
    const network = `10.${second}`;
    if (!`${networks}${routes}`.includes(`${network}.`)) return network;
  }
  throw new Error(`no network from 10.${first}.0.0/16 to 10.${first + count - 1}.0.0/16 is free`);
}

async function removeProject(project: string): Promise<void> {
  const label = `label=com.docker.compose.project=${project}`;
  const { stdout: containers } = await run('docker', ['ps', '--all', '--quiet', '--filter', label]);
  if (containers) await run('docker', ['rm', '--force', '--volumes', ...containers.trim().split('\n')]);
  const { stdout: networks } = await run('docker', ['network', 'ls', '--quiet', '--filter', label]);
  if (networks) await run('docker', ['network', 'rm', ...networks.trim().split('\n')]);
}

/** Labs of test runs that were killed: their project carries the id of a process that is gone. */
async function removeAbandoned(): Promise<void> {
  const format = '{{.Label "com.docker.compose.project"}}';
  const { stdout: containers } = await run('docker', ['ps', '--all', '--format', format]);
  const { stdout: networks } = await run('docker', ['network', 'ls', '--format', format]);
  for (const project of new Set(`${containers}${networks}`.split('\n'))) {
    const pid = new RegExp(`^${PREFIX}-(\\d+)-`).exec(project)?.[1];
    // What fails here is being removed by another worker.
    if (pid && !isRunning(Number(pid))) await removeProject(project).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
