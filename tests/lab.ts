import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment, Wait } from 'testcontainers';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const PREFIX = 'wirelab-test';

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The settings under which a lab of its own runs beside any other: project, subnet, ports, captures. */
export type Settings = Readonly<Record<string, string>>;

/** An entry of a journal, with the fields the suites look at. */
export interface Entry {
  readonly timestamp: string;
  readonly id: number;
  readonly client_ip: string;
  readonly client_port: number;
  readonly outcome: string;
  readonly request: number;
}

export async function ownSettings(overrides: Settings = {}): Promise<Settings> {
  await removeAbandoned();
  const network = await freeNetwork();
  return {
    COMPOSE_PROJECT_NAME: `${PREFIX}-${process.pid}-${Date.now().toString(36)}`,
    LAB_SUBNET: `${network}.0.0/16`,
    LAB_SERVER_ADDRESS: `${network}.28.182`,
    LAB_CLIENT_ADDRESS: `${network}.142.133`,
    HTTP_PORT: String(await freePort()),
    ECHO_PORT: String(await freePort()),
    LAB_CAPTURES_DIR: await mkdtemp(join(tmpdir(), `${PREFIX}-`)),
    LAB_UID: String(process.getuid?.()),
    LAB_GID: String(process.getgid?.()),
    LAB_SEED: 'alice',
    HTTP_FAULTS: 'timeout=0.2,403=0.2,500=0.1',
    HTTP_TIMEOUT_SECONDS: '15',
    LAB_CAPTURE_FILE_MB: '100',
    LAB_CAPTURE_FILES: '10',
    LAB_CAPTURE_BUFFER_KIB: '65536',
    ...overrides,
  };
}

/** Runs a command of this machine in the project's folder under these settings. */
export async function command(settings: Settings, file: string, ...args: string[]): Promise<Ended> {
  return run(file, args, { cwd: root, env: { ...process.env, ...settings } }).then(
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

  async exec(service: string, ...args: string[]): Promise<Ended> {
    const { exitCode, stdout, stderr } = await this.#environment.getContainer(`${service}-1`).exec(args);
    return { code: exitCode, stdout, stderr };
  }

  /** `client balance` from the client host. */
  balance(...options: string[]): Promise<Ended> {
    return this.exec('client', 'client', 'balance', this.server, this.httpPort, ...options);
  }

  compose(...args: string[]): Promise<Ended> {
    return command(this.settings, 'docker', 'compose', ...args);
  }

  /** The fields of the frames that pass a display filter, a row a frame, read by tshark from both ends' files. */
  async frames(host: 'server' | 'client', filter: string, ...fields: string[]): Promise<string[][]> {
    const { code, stdout, stderr } = await this.exec(
      `capture-${host}`,
      ...['tshark', '-r', `/captures/${host}.pcap`, '-d', `tcp.port==${this.httpPort},http`],
      ...['-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
    );
    if (code !== 0) throw new Error(`tshark: ${stderr}`);
    return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')]));
  }

  /** The journal of the HTTP server, read from the file on this machine. */
  async journal(): Promise<Entry[]> {
    const text = await readFile(join(this.settings.LAB_CAPTURES_DIR!, 'http.log'), 'utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  }

  async end(): Promise<void> {
    await remove(this.settings);
  }
}

/** Networks of this machine's routes and of Docker, as the two first numbers of each. */
async function freeNetwork(): Promise<string> {
  const { stdout: ids } = await run('docker', ['network', 'ls', '--quiet']);
  const { stdout: networks } = await run('docker', ['network', 'inspect', ...ids.trim().split('\n')]);
  const { stdout: routes } = await run('ip', ['-4', 'route', 'show']).catch(() => ({ stdout: '' }));
  for (let second = 200; second < 250; second += 1) {
    const network = `10.${second}`;
    if (!`${networks}${routes}`.includes(`${network}.`)) return network;
  }
  throw new Error('no network from 10.200.0.0/16 to 10.249.0.0/16 is free');
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
    if (pid && !isRunning(Number(pid))) await removeProject(project);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
