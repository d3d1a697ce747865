import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How a project of Compose is called that a test run starts, and its captures folder. */
const PREFIX = 'wirelab-test';

let started = 0;

/** A name for the project of a lab of this process, by which what it leaves is found once the process is gone. */
export function newProject(): string {
  started += 1;
  return `${PREFIX}-${process.pid}-${Date.now().toString(36)}-${started}`;
}

/** Where a project's captures are. */
export const capturesOf = (project: string): string => join(tmpdir(), project);

/** The student's home of a project. */
export const workOf = (project: string): string => join(tmpdir(), `${project}.work`);

/** Removes the containers, networks, volumes and folders of a project, whatever state they are in. */
export async function removeProject(project: string): Promise<void> {
  const label = `label=com.docker.compose.project=${project}`;
  const { stdout: containers } = await run('docker', ['ps', '--all', '--quiet', '--filter', label]);
  if (containers) await run('docker', ['rm', '--force', '--volumes', ...containers.trim().split('\n')]);
  const { stdout: networks } = await run('docker', ['network', 'ls', '--quiet', '--filter', label]);
  if (networks) await run('docker', ['network', 'rm', ...networks.trim().split('\n')]);
  const { stdout: volumes } = await run('docker', ['volume', 'ls', '--quiet', '--filter', label]);
  if (volumes) await run('docker', ['volume', 'rm', ...volumes.trim().split('\n')]);
  for (const folder of [capturesOf(project), workOf(project)])
    await rm(folder, { recursive: true, force: true });
}

/** Removes what test runs have left that were killed: their projects carry the id of a process that is gone. */
export async function removeAbandoned(): Promise<void> {
  const format = '{{.Label "com.docker.compose.project"}}';
  // Any container has the project of its image, which a test may have built; one of Compose has a number too.
  const printed = await Promise.all(
    [
      ['ps', '--all', '--filter', 'label=com.docker.compose.container-number'],
      ['network', 'ls'],
      ['volume', 'ls'],
    ].map((list) => run('docker', [...list, '--format', format])),
  );
  const projects = printed.flatMap(({ stdout }) => stdout.split('\n'));
  for (const project of new Set([...projects, ...(await readdir(tmpdir()))])) {
    const pid = new RegExp(`^${PREFIX}-(\\d+)-`).exec(project)?.[1];
    // What fails here is being removed by another process.
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
