import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How a project of Compose is called that a test run starts, its process and time behind it. */
export const PREFIX = 'wirelab-test';

/**
 * Of so many networks 10.x.0.0/16 from a first on one that neither Docker nor a route of this machine has, as its two
 * first numbers.
 */
export async function freeNetwork({ first, count }: { first: number; count: number }): Promise<string> {
  const { stdout: ids } = await run('docker', ['network', 'ls', '--quiet']);
  // One of them may be gone by now, which fails; the others are printed.
  const { stdout: networks } = await run('docker', ['network', 'inspect', ...ids.trim().split('\n')]).catch(
    (error: { stdout: string }) => error,
  );
  const { stdout: routes } = await run('ip', ['-4', 'route', 'show']).catch(() => ({ stdout: '' }));
  for (let tried = 0; tried < count; tried += 1) {
    // Runs at the same time begin with others, mostly.
    const network = `10.${first + ((process.pid + tried) % count)}`;
    if (!`${networks}${routes}`.includes(`${network}.`)) return network;
  }
  throw new Error(`no network from 10.${first}.0.0/16 to 10.${first + count - 1}.0.0/16 is free`);
}

/** Removes the containers, networks and volumes of a project, whatever state they are in. */
export async function removeProject(project: string): Promise<void> {
  const label = `label=com.docker.compose.project=${project}`;
  const { stdout: containers } = await run('docker', ['ps', '--all', '--quiet', '--filter', label]);
  if (containers) await run('docker', ['rm', '--force', '--volumes', ...containers.trim().split('\n')]);
  const { stdout: networks } = await run('docker', ['network', 'ls', '--quiet', '--filter', label]);
  if (networks) await run('docker', ['network', 'rm', ...networks.trim().split('\n')]);
  const { stdout: volumes } = await run('docker', ['volume', 'ls', '--quiet', '--filter', label]);
  if (volumes) await run('docker', ['volume', 'rm', ...volumes.trim().split('\n')]);
}

/** Labs of test runs that were killed: their project carries the id of a process that is gone. */
export async function removeAbandoned(): Promise<void> {
  const format = '{{.Label "com.docker.compose.project"}}';
  const { stdout: containers } = await run('docker', ['ps', '--all', '--format', format]);
  const { stdout: networks } = await run('docker', ['network', 'ls', '--format', format]);
  const { stdout: volumes } = await run('docker', ['volume', 'ls', '--format', format]);
  for (const project of new Set(`${containers}${networks}${volumes}`.split('\n'))) {
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
