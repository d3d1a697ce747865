import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment, Wait } from 'testcontainers';
import { defaults, LAB_BASE_IMAGE, LAB_CLIENT_LANGUAGES, LAB_IMAGES } from './images.ts';
import type { Entries, Protocol, TransferEntry } from './journal-entries.ts';
import { leavePlace, takePlace } from './place.ts';
import { capturesOf, newProject, removeAbandoned, removeProject, workOf } from './projects.ts';
import { shellOf } from './shell.ts';
import { decoding, portSetting, settingsOf, tagOf, type Way, wayCalled } from './way.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
/** How the suites of this run talk to the servers. A project of Jest can set it too. */
export const chosenWay = wayCalled((globalThis as { LAB_WAY?: string }).LAB_WAY ?? process.env.LAB_WAY);
/** Bytes that a command may print, at most. */
const MOST_OUTPUT = 256 * 2 ** 20;

/**
 * Runs its arguments when tcpdump sleeps. tcpdump does not sleep while a packet waits for it, so every earlier packet
 * is on disk then.
 */
const ONCE_CAPTURED = `
  for status in /proc/[0-9]*/status; do
    grep -q '^Name:.tcpdump' $status || continue
    while grep -q '^State:.[RD]' $status; do sleep 0.01; done
  done
  exec "$@"
`;

/** The owner of a run's files, for Docker: the owner of the captures folder. */
export const OWNER = `${process.getuid?.()}:${process.getgid?.()}`;

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The settings with which a lab can run beside any other: project, subnet, ports, captures. */
export type Settings = Readonly<Record<string, string>>;

export type Host = 'server' | 'client';

/** The settings of .env, except those with which a lab can run beside any other, and a fixed seed. */
export async function ownSettings(overrides: Settings = {}, way = chosenWay): Promise<Settings> {
  await removeAbandoned();
  const project = newProject();
  for (const folder of [capturesOf(project), workOf(project)]) await mkdir(folder);
  return {
    ...defaults,
    ...(await takePlace()),
    COMPOSE_PROJECT_NAME: project,
    LAB_CAPTURES_DIR: capturesOf(project),
    LAB_WORK_DIR: workOf(project),
    LAB_IMAGES,
    LAB_BASE_IMAGE,
    LAB_CLIENT_LANGUAGES,
    LAB_SEED: 'alice',
    // While other suites run, the disk can stop tcpdump for longer than in a class.
    LAB_CAPTURE_BUFFER_KIB: '262144',
    ...settingsOf[way],
    ...overrides,
  };
}

/** Runs a command of this machine in the project's folder with these settings. */
export async function command(settings: Settings, file: string, ...args: string[]): Promise<Ended> {
  return run(file, args, { cwd: root, env: { ...process.env, ...settings }, maxBuffer: MOST_OUTPUT }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

/** Removes everything that a lab with these settings can have left, in any state. */
export async function remove({ COMPOSE_PROJECT_NAME = '', LAB_SUBNET = '' }: Settings): Promise<void> {
  await removeProject(COMPOSE_PROJECT_NAME);
  leavePlace(LAB_SUBNET);
}

/** The project's own docker-compose.yml, started by testcontainers. */
export class Lab {
  readonly settings: Settings;
  readonly way: Way;
  readonly #environment: StartedDockerComposeEnvironment;
  /** The services whose containers were replaced since testcontainers started them. */
  readonly #changed = new Set<string>();

  private constructor(settings: Settings, way: Way, environment: StartedDockerComposeEnvironment) {
    this.settings = settings;
    this.way = way;
    this.#environment = environment;
  }

  /** @param way the way of the run, unless a suite is about a certain way */
  static async start(overrides: Settings = {}, way = chosenWay): Promise<Lab> {
    const settings = await ownSettings(overrides, way);
    try {
      const started = Wait.forSuccessfulCommand('true');
      const environment = await new DockerComposeEnvironment(root, 'docker-compose.yml')
        .withProjectName(settings.COMPOSE_PROJECT_NAME!)
        .withEnvironment(settings)
        .withAutoCleanup(false)
        .withWaitStrategy('server-host-1', started)
        .withWaitStrategy('client-host-1', started)
        .withWaitStrategy('client-1', started)
        .up();
      return new Lab(settings, way, environment);
    } catch (error) {
      await remove(settings);
      throw error;
    }
  }

  get server(): string {
    return this.settings.LAB_SERVER_ADDRESS!;
  }

  /** The URL of the HTTP server in this way. */
  get httpPort(): string {
    return this.settings[portSetting(this.way, 'http')]!;
  }

  /** The TCP port of the echo server in this way. */
  get echoPort(): string {
    return this.echoPortOf('tcp');
  }

  echoPortOf(protocol: Protocol): string {
    return this.settings[portSetting(this.way, 'echo', protocol)]!;
  }

  get httpsPort(): string {
    return this.settings.HTTPS_PORT!;
  }

  get echoTlsPort(): string {
    return this.settings.ECHO_TLS_PORT!;
  }

  /** The options of the client for this way, on TCP. */
  get tls(): readonly string[] {
    return this.way === 'tls' ? ['--tls'] : [];
  }

  /** The tag of a message with this body, without its bar. */
  tag(body: string): string {
    return tagOf(body, this.settings.LAB_TOKEN);
  }

  /** A body with its tag. */
  message(body: string): string {
    return `${body}|${this.tag(body)}`;
  }

  /** A message without a tag, if the server answers such messages; otherwise with its HMAC. */
  plain(body: string): string {
    return this.settings.LAB_TOKEN ? this.message(body) : body;
  }

  async exec(service: string, ...args: string[]): Promise<Ended> {
    if (this.#changed.has(service)) return this.docker('exec', this.nameOf(service), ...args);
    const { exitCode, stdout, stderr } = await this.#environment.getContainer(`${service}-1`).exec(args);
    return { code: exitCode, stdout, stderr };
  }

  /** `client balance` from the client host. */
  balance(...options: string[]): Promise<Ended> {
    return this.exec('client', 'client', 'balance', this.server, this.httpPort, ...this.tls, ...options);
  }

  /** `client echo` from the client host. */
  echo(...options: string[]): Promise<Ended> {
    const protocol = options[options.indexOf('--protocol') + 1] === 'udp' ? 'udp' : 'tcp';
    const own = [this.echoPortOf(protocol), ...(protocol === 'tcp' ? this.tls : [])];
    return this.exec('client', 'client', 'echo', this.server, ...own, ...options);
  }

  /** `client send` from the client host. */
  send(...options: string[]): Promise<Ended> {
    return this.exec('client', 'client', 'send', this.server, this.echoPortOf('udp'), ...options);
  }

  /**
   * A command line of a shell in the client host, with the functions of shell.ts. It has variables for the echo server:
   * `$server` is its address, `$port` its TCP port, `$udp_port` its UDP port, and `$tls` the client's options on TCP.
   */
  shell(line: string): Promise<Ended> {
    const { functions, environment } = shellOf(this.way);
    const ports = [`port=${this.echoPort}`, `udp_port=${this.echoPortOf('udp')}`];
    const own = [`server=${this.server}`, ...ports, `tls=${this.tls.join(' ')}`, ...environment];
    return this.exec('client', 'env', ...own, 'bash', '-c', `${functions}\n${line}`);
  }

  /** `curl` from the client host for a path of the HTTP server, with valid credentials. */
  curl(path: string, ...options: string[]): Promise<Ended> {
    const url = `${this.way === 'tls' ? 'https' : 'http'}://${this.server}:${this.httpPort}${path}`;
    const { LAB_TOKEN: token } = this.settings;
    const allowed = token ? ['--header', `Authorization: Bearer ${token}`] : [];
    return this.exec('client', 'curl', '--cacert', '/certificates/ca.pem', ...allowed, ...options, url);
  }

  /** `faults` in the container of the echo server. */
  faults(...options: string[]): Promise<Ended> {
    return this.exec('echo', 'faults', ...options);
  }

  /** Restarts some services with other settings, which is a tenth of the work of a whole lab. */
  async change(services: readonly string[], overrides: Settings): Promise<void> {
    const up = ['up', '--detach', '--no-build', '--no-deps', '--wait', ...services];
    const { code, stderr } = await command({ ...this.settings, ...overrides }, 'docker', 'compose', ...up);
    if (code !== 0) throw new Error(stderr);
    for (const service of services) this.#changed.add(service);
  }

  /**
   * The state of a service's container. After an unexpected end, with its exit codes and what it printed on stderr.
   */
  async stateOf(service: string): Promise<string> {
    const name = this.nameOf(service);
    const format = '{{.State.Status}}, {{.RestartCount}} restarts, since {{.State.StartedAt}}';
    const { stdout } = await this.docker('inspect', '--format', format, name);
    const state = stdout.trim();
    if (state.includes(', 0 restarts,')) return state;
    const only = ['--filter', `container=${name}`, '--filter', 'event=die'];
    const code = '{{.Actor.Attributes.exitCode}}';
    const ended = await this.docker('events', '--since', '1h', '--until', '0s', ...only, '--format', code);
    const { stderr } = await this.docker('logs', '--tail', '200', name);
    return `${state}, exit codes ${ended.stdout.trim().replaceAll('\n', ' ')}, stderr:\n${stderr}`;
  }

  docker(...args: string[]): Promise<Ended> {
    return command(this.settings, 'docker', ...args);
  }

  compose(...args: string[]): Promise<Ended> {
    return this.docker('compose', ...args);
  }

  /** The name of a service's container. */
  nameOf(service: string): string {
    return `${this.settings.COMPOSE_PROJECT_NAME}-${service}-1`;
  }

  /** A filter for TCP frames with data. With TLS, only encrypted data counts, not the handshake. */
  get saying(): string {
    return this.way === 'tls' ? '(data || http)' : 'tcp.len > 0';
  }

  /** The field with the TCP data of a frame; over TLS with commas between the records. */
  get said(): string {
    return this.way === 'tls' ? 'data.data' : 'tcp.payload';
  }

  /** Returns when all earlier packets of a host are in its capture. */
  async captured(host: Host): Promise<void> {
    const { code, stderr } = await this.exec(`capture-${host}`, 'sh', '-c', ONCE_CAPTURED, 'sh', 'true');
    if (code !== 0) throw new Error(stderr);
  }

  /** The fields of the frames that pass a display filter, a row a frame, read by tshark from both ends' files. */
  async frames(host: Host, filter: string, ...fields: string[]): Promise<string[][]> {
    const { exitCode, stdout, stderr } = await this.#environment.getContainer(`capture-${host}-1`).exec(
      [
        ...['sh', '-c', ONCE_CAPTURED, 'sh'],
        ...['tshark', '-r', `/captures/${host}.pcap`, ...decoding(this.way, this.settings)],
        ...['-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
      ],
      // Only their owner can read the keys.
      { user: OWNER },
    );
    if (exitCode !== 0) throw new Error(`tshark: ${stderr}`);
    return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')]));
  }

  /** All TCP and UDP frames of a host's capture, a line each, in an order that is the same for both hosts. */
  async packets(host: Host): Promise<string[]> {
    const ports = ['ip.src', 'tcp.srcport', 'tcp.dstport', 'udp.srcport', 'udp.dstport'];
    const contents = ['tcp.seq_raw', 'tcp.ack_raw', 'tcp.flags', 'tcp.payload', 'udp.payload'];
    return (await this.frames(host, 'tcp || udp', ...ports, ...contents)).map((row) => row.join(' ')).sort();
  }

  /** A server's journal, by default the HTTP server's, read from the file on this machine. */
  async journal<Server extends keyof Entries = 'http'>(
    server: Server = 'http' as Server,
  ): Promise<Entries[Server][]> {
    const text = await readFile(join(this.settings.LAB_CAPTURES_DIR!, `${server}.log`), 'utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  }

  /** The results of all transfers, in the order of the echo server's journal. */
  async transfers(): Promise<TransferEntry[]> {
    const entries: readonly unknown[] = await this.journal('echo');
    return entries.filter(
      (entry): entry is TransferEntry => (entry as { event?: string }).event === 'transfer',
    );
  }

  /** Runs a file of this folder with Node in a new client container, and returns the JSON that it prints. */
  async runInClient<Report>(file: string, ...args: string[]): Promise<Report> {
    const { code, stdout, stderr } = await this.compose(
      ...['run', '--rm', '--no-deps', '--no-TTY', '--volume', `${import.meta.dirname}:/lab/tests:ro`],
      ...['--env', `LAB_WAY=${this.way}`, 'client', 'node', `/lab/tests/${file}`, ...args],
    );
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  }

  async end(): Promise<void> {
    await remove(this.settings);
  }
}
