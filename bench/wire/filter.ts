import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LAB_BASE_IMAGE, LAB_IMAGES } from '../../tests/images.ts';
import { run, type Settings, temporaryFolder } from '../programs.ts';
import type { Ends } from './ends.ts';

const FILE = 'bench/wirefilter/docker-compose.yml';
const PROJECT = 'wirelab-bench-wirefilter';
const FAR = '10.79.0.2';

/** Two containers that are joined by wirefilter of Debian, a program that does what the wire does. */
export interface Filter extends Ends, AsyncDisposable {
  up(signal: AbortSignal): Promise<void>;
  /** The wirefilter has only these options from now on. */
  set(options: readonly string[], signal: AbortSignal): Promise<void>;
}

/** @param captureFileMb how large a capture gets until it begins again */
export async function createFilter(captureFileMb: string): Promise<Filter> {
  const made = new AsyncDisposableStack();
  const folder = made.use(await temporaryFolder());
  const captures = join(folder.path, 'captures');
  await mkdir(captures);
  // Root in a container without capabilities writes there. The folder around it belongs to this user alone.
  await chmod(captures, 0o777);
  const settings: Settings = {
    ...{ LAB_IMAGES, LAB_BASE_IMAGE, LAB_CA_FILE: await caFile() },
    FILTER_CAPTURES: captures,
    CAPTURE_FILE_MB: captureFileMb,
  };
  const compose = (args: readonly string[], signal?: AbortSignal) =>
    run(
      'docker',
      ['compose', '--project-name', PROJECT, '--file', FILE, ...args],
      signal ? { settings, signal } : { settings },
    );
  made.defer(async () => void (await compose(['down', '--volumes'])));
  const exec = (
    service: string,
    command: readonly string[],
    signal: AbortSignal,
    options: readonly string[] = [],
  ) => compose(['exec', '--no-TTY', ...options, service, ...command], signal);
  return {
    far: FAR,
    port: '5201',
    captures: { near: join(captures, 'near.pcap'), far: join(captures, 'far.pcap') },
    at: exec,
    up: async (signal) => void (await compose(['up', '--detach', '--build', '--wait'], signal)),
    set: async (options, signal) => void (await exec('filter', ['/bench/filter.sh', ...options], signal)),
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

/** The file with CA certificates that builds of the lab's own images get too. */
function caFile(): Promise<string> {
  const print = '. setup/lib.sh && printf %s "$LAB_CA_FILE"';
  return run('sh', ['-c', print, 'setup/lib.sh'], { settings: { LAB_PIPED: 'no' } });
}
