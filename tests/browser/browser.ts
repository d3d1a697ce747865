import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import type { Look } from './look.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const IMAGE = 'wirelab/browser';
/** A minute for a page; an image that is built is there in some. */
const LIMITS = { build: 600_000, look: 60_000 } as const;

/**
 * Opens a page in a real browser, in a container of its own that has no network.
 *
 * @param out folder for pictures, which are else thrown away
 */
export async function lookAt(html: string, out?: string): Promise<Look> {
  await build();
  const folder = out ?? (await mkdtemp(join(tmpdir(), 'wirelab-look-')));
  try {
    await writeFile(join(folder, 'report.html'), html);
    const mounts = [
      ...['node_modules', 'tests', 'package.json'].map((path) => `${join(root, path)}:/lab/${path}:ro`),
      `${folder}:/look`,
    ];
    const { stdout } = await run(
      'docker',
      [
        ...[
          'run',
          '--rm',
          '--init',
          '--label',
          'wirelab.part=browser',
          '--network',
          'none',
          '--cap-drop',
          'ALL',
        ],
        ...['--security-opt', 'no-new-privileges', '--read-only', '--tmpfs', '/tmp'],
        ...['--user', `${process.getuid?.()}:${process.getgid?.()}`],
        ...mounts.flatMap((mount) => ['--volume', mount]),
        ...[IMAGE, '/look/report.html', '/look'],
      ],
      { timeout: LIMITS.look, maxBuffer: 64 * 1024 * 1024 },
    );
    return JSON.parse(stdout);
  } finally {
    if (out === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Builds the image on the lab's own base; one that is there is taken over from the engine's cache. */
async function build(): Promise<void> {
  const { LAB_BASE_IMAGE } = { ...parseEnv(await readFile(join(root, '.env'), 'utf8')), ...process.env };
  const base = ['--build-arg', `LAB_BASE_IMAGE=${LAB_BASE_IMAGE}`];
  // The Dockerfile needs nothing beside it.
  await run('docker', ['build', '--tag', IMAGE, ...base, join(root, 'tests', 'browser')], {
    timeout: LIMITS.build,
    env: { ...process.env, DOCKER_BUILDKIT: '1' },
  });
}
