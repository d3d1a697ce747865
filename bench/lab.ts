import { join } from 'node:path';
import { LAB_IMAGES } from '../tests/images.ts';
import { leavePlace, takePlace } from '../tests/place.ts';
import { run, type Settings, temporaryFolder } from './programs.ts';

/** A whole lab with its own project, network, ports and captures, so it can run beside any other lab. */
export interface BenchLab extends AsyncDisposable {
  /** The addresses of the hosts and of the wire. */
  readonly server: string;
  readonly client: string;
  readonly wire: string;
  readonly httpPort: string;
  readonly echoPort: string;
  /** The folder of its captures. */
  readonly captures: string;
  up(signal: AbortSignal): Promise<void>;
  down(): Promise<void>;
  /** Runs a command in a container, and returns what it printed. Options are those of `docker compose exec`. */
  exec(
    service: string,
    command: readonly string[],
    signal: AbortSignal,
    options?: readonly string[],
  ): Promise<string>;
  /** Runs another command of this machine with the settings of the lab, and returns what it printed. */
  run(command: string, args: readonly string[], signal: AbortSignal): Promise<string>;
}

export const LAB_PROJECT = 'wirelab-bench';

/** The profiles of services that a section may have added to its lab. */
const PROFILES = 'wire,flow,live';

export async function createBenchLab(overrides: Settings = {}): Promise<BenchLab> {
  const made = new AsyncDisposableStack();
  const folder = made.use(await temporaryFolder());
  const settings: Settings = {
    COMPOSE_PROJECT_NAME: LAB_PROJECT,
    LAB_IMAGES,
    ...(await takePlace()),
    LAB_CAPTURES_DIR: join(folder.path, 'captures'),
    LAB_SEED: 'bench',
    // The captures belong to the owner of the temporary folder, under sudo too.
    SUDO_UID: '',
    SUDO_GID: '',
    ...overrides,
  };
  made.defer(() => leavePlace(settings.LAB_SUBNET!));
  // This also removes the rest of an interrupted start, which make down does not see.
  made.defer(
    async () =>
      void (await run('docker', ['compose', 'down', '--volumes', '--remove-orphans'], {
        settings: { ...settings, COMPOSE_PROFILES: PROFILES },
      })),
  );
  return {
    server: settings.LAB_SERVER_ADDRESS!,
    client: settings.LAB_CLIENT_ADDRESS!,
    wire: settings.LAB_WIRE_ADDRESS!,
    httpPort: settings.HTTP_PORT!,
    echoPort: settings.ECHO_PORT!,
    captures: settings.LAB_CAPTURES_DIR!,
    exec: (service, command, signal, options = []) =>
      run('docker', ['compose', 'exec', '--no-TTY', ...options, service, ...command], {
        settings,
        signal,
      }),
    run: (command, args, signal) => run(command, args, { settings, signal }),
    up: async (signal) => void (await run('make', ['--silent', 'up'], { settings, signal })),
    down: async () => void (await run('make', ['--silent', 'down'], { settings })),
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

/** The ids of a project's containers. */
export async function containers(project: string): Promise<string[]> {
  const filter = `label=com.docker.compose.project=${project}`;
  const printed = await run('docker', ['ps', '--all', '--quiet', '--filter', filter]);
  return printed.trimEnd().split('\n');
}
