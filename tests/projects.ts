import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The name of a Compose project of a test run, and of its captures folder. */
const PREFIX = 'wirelab-test';

let started = 0;

/** A name for a project of this process. By the name, the rest of the project is found after the process has ended. */
export function newProject(): string {
  started += 1;
  return `${PREFIX}-${process.pid}-${Date.now().toString(36)}-${started}`;
}

/** The captures folder of a project. */
export const capturesOf = (project: string): string => join(tmpdir(), project);

/** The student's home of a project. */
export const workOf = (project: string): string => join(tmpdir(), `${project}.work`);

/** Removes the containers, networks, volumes and folders of a project, in any state, and of the runs that it plays. */
export async function removeProject(project: string): Promise<void> {
  for (const one of [project, `${project}-played`]) await removeFromEngine(one);
  for (const folder of [capturesOf(project), workOf(project)])
    await rm(folder, { recursive: true, force: true });
}

async function removeFromEngine(project: string): Promise<void> {
  const label = `label=com.docker.compose.project=${project}`;
  await removeContainers(label);
  const { stdout: networks } = await run('docker', ['network', 'ls', '--quiet', '--filter', label]);
  if (networks) await run('docker', ['network', 'rm', ...networks.trim().split('\n')]);
  const { stdout: volumes } = await run('docker', ['volume', 'ls', '--quiet', '--filter', label]);
  if (volumes) await run('docker', ['volume', 'rm', ...volumes.trim().split('\n')]);
}

async function removeContainers(label: string): Promise<void> {
  for (;;) {
    const { stdout } = await run('docker', ['ps', '--all', '--quiet', '--filter', label]);
    if (!stdout) return;
    await run('docker', ['rm', '--force', '--volumes', ...stdout.trim().split('\n')]).catch((error) => {
      // A container of docker run --rm removes itself when it ends.
      if (!/is already in progress|No such container/.test(error.stderr)) throw error;
    });
  }
}

/** Removes the rest of killed test runs: projects whose names have the id of a process that has ended. */
export async function removeAbandoned(): Promise<void> {
  const format = '{{.Label "com.docker.compose.project"}}';
  // A container also has the project label of its image, which a test may have built. A container of Compose has a number too.
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
    // An error here means that another process removes it.
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
