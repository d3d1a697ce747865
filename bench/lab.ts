import { join } from 'node:path';
import { LAB_IMAGES } from '../tests/images.ts';
import { leavePlace, takePlace } from '../tests/place.ts';
import { run, type Settings, temporaryFolder } from './programs.ts';

/** A whole lab with its own project, network, ports and captures, so it can run beside any other lab. */
export interface BenchLab extends AsyncDisposable {
  readonly server: string;
  readonly httpPort: string;
  readonly echoPort: string;
  /** The folder of its captures. */
  readonly captures: string;
  up(signal: AbortSignal): Promise<void>;
  down(): Promise<void>;
  /** Runs a command in a container, and returns what it printed. */
  exec(service: string, command: readonly string[], signal: AbortSignal): Promise<string>;
}

export const LAB_PROJECT = 'wirelab-bench';

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
      void (await run('docker', ['compose', 'down', '--volumes', '--remove-orphans'], { settings })),
  );
  return {
    server: settings.LAB_SERVER_ADDRESS!,
    httpPort: settings.HTTP_PORT!,
    echoPort: settings.ECHO_PORT!,
    captures: settings.LAB_CAPTURES_DIR!,
    exec: (service, command, signal) =>
      run('docker', ['compose', 'exec', '--no-TTY', service, ...command], {
        settings,
        signal,
      }),
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
