import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { imageOf, LAB_BASE_IMAGE } from '../images.ts';
import type { Look } from './look.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
export const IMAGE = imageOf('browser');
/** Where the page is in the container. */
const FOLDER = '/look';
/** In ms. A browser starts in seconds, and an image that is not there yet is built in minutes. */
const LIMITS = { build: 600_000, look: 180_000 } as const;

/**
 * Opens a page in a real browser, in a container of its own that has no network. Its image must have been built.
 *
 * @param out folder for the page, pictures of it and how it prints; without it none are made
 */
export async function lookAt(html: string, out?: string): Promise<Look> {
  const folder = out ?? (await mkdtemp(join(tmpdir(), 'wirelab-look-')));
  try {
    return JSON.parse(await runInBrowser('look.ts', html, folder, ...(out === undefined ? [] : [FOLDER])));
  } finally {
    if (out === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Has a program of this folder open a page, which is written to a folder, and returns what it prints. */
export async function runInBrowser(
  program: string,
  html: string,
  folder: string,
  ...args: readonly string[]
): Promise<string> {
  const name = `wirelab-browser-${randomUUID()}`;
  try {
    await writeFile(join(folder, 'report.html'), html);
    const mounts = [
      ...['node_modules', 'tests', 'package.json'].map((path) => `${join(root, path)}:/lab/${path}:ro`),
      `${folder}:${FOLDER}`,
    ];
    const { stdout } = await run(
      'docker',
      [
        ...['run', '--rm', '--init', '--name', name, '--label', 'wirelab.part=browser'],
        ...['--network', 'none', '--cap-drop', 'ALL', '--read-only', '--tmpfs', '/tmp'],
        ...['--security-opt', 'no-new-privileges', '--user', `${process.getuid?.()}:${process.getgid?.()}`],
        ...mounts.flatMap((mount) => ['--volume', mount]),
        ...['--entrypoint', 'node', IMAGE, `tests/browser/${program}`, `${FOLDER}/report.html`, ...args],
      ],
      { timeout: LIMITS.look, maxBuffer: 64 * 1024 * 1024 },
    );
    return stdout;
  } finally {
    // One that ran into its limit is still there.
    await run('docker', ['rm', '--force', name]).catch(() => undefined);
  }
}

/** Builds the image on the lab's own base; one that is there is taken over from the engine's cache. */
export async function buildBrowser(): Promise<void> {
  const base = ['--build-arg', `LAB_BASE_IMAGE=${LAB_BASE_IMAGE}`];
  // The Dockerfile needs nothing beside it.
  await run('docker', ['build', '--tag', IMAGE, ...base, join(root, 'tests', 'browser')], {
    timeout: LIMITS.build,
    env: { ...process.env, DOCKER_BUILDKIT: '1' },
  });
}
