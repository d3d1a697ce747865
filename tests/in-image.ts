import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { imageOf } from './images.ts';

export const ROOT = join(import.meta.dirname, '..');

/** The sources of this clone that a program reads. */
const SOURCES = ['analysis', 'dissector', 'lib', 'sheets', 'tests'];

/**
 * Runs a program of this clone in a container without network that has the tools of the image, and returns the JSON that
 * it prints.
 *
 * @param folders more folders, by where the program finds them
 */
export async function runInImage<Printed>(
  program: readonly string[],
  folders: Readonly<Record<string, string>> = {},
): Promise<Printed> {
  const sources = SOURCES.map((folder) => [`/lab/${folder}`, join(ROOT, folder)]);
  const mounts = [...sources, ...Object.entries(folders)].flatMap(([target, source]) => [
    '--mount',
    `type=bind,source=${source},target=${target},readonly`,
  ]);
  const container = [
    ...['run', '--rm', '--init', '--network', 'none', '--read-only', '--tmpfs', '/tmp', '--env', 'HOME=/tmp'],
    ...['--user', '10001', ...mounts, '--entrypoint', 'node', imageOf('capture')],
  ];
  const { stdout } = await promisify(execFile)('docker', [...container, ...program], {
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(stdout);
}
