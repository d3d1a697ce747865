import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { imageOf } from './images.ts';

const root = join(import.meta.dirname, '..');
/** Characters of stderr that an error has. */
const KEPT = 4_000;

/** How a program runs beside the containers of a lab. */
export interface Beside {
  /** `browser` has Chromium; it must have been built. */
  readonly image: 'browser' | 'programs';
  /** As for `docker run --network`: `container:NAME` shares the network of a container. */
  readonly network: string;
  /** Path of the program in this project, and its arguments. */
  readonly program: string;
  readonly args: readonly string[];
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/**
 * A program of this project in a container of its own. It prints a line when it is ready. When its standard input ends, it
 * prints what it has found as one line of JSON.
 */
export class Companion<Found> implements AsyncDisposable {
  readonly #name: string;
  readonly #child;
  readonly #lines: AsyncIterator<string>;
  readonly #errors: Promise<string>;

  private constructor({ image, network, program, args, signal }: Beside) {
    this.#name = `wirelab-beside-${randomUUID()}`;
    const mounts = ['node_modules', 'lib', 'tests', 'bench', 'package.json'].map(
      (path) => `${join(root, path)}:/beside/${path}:ro`,
    );
    this.#child = spawn(
      'docker',
      [
        ...['run', '--rm', '--init', '--interactive', '--name', this.#name, '--network', network],
        ...['--label', 'wirelab.part=beside', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
        ...['--read-only', '--tmpfs', '/tmp', '--env', 'HOME=/tmp', '--workdir', '/beside'],
        ...['--user', `${process.getuid?.()}:${process.getgid?.()}`],
        ...mounts.flatMap((mount) => ['--volume', mount]),
        ...['--entrypoint', 'node', imageOf(image), program, ...args],
      ],
      { stdio: 'pipe', ...(signal && { signal }) },
    );
    this.#child.on('error', () => undefined);
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
    this.#errors = text(this.#child.stderr);
  }

  /** Returns when the program is ready. */
  static async start<Found>(beside: Beside): Promise<Companion<Found>> {
    const companion = new Companion<Found>(beside);
    await companion.#line();
    return companion;
  }

  /** What it has found when it is asked to end. */
  async end(): Promise<Found> {
    this.#child.stdin.end();
    return JSON.parse(await this.#line());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const removing = spawn('docker', ['rm', '--force', this.#name], { stdio: 'ignore' });
    await once(removing, 'close');
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#name} has ended: ${(await this.#errors).slice(-KEPT)}`);
    return value;
  }
}

/** Runs a program that prints what it has found without being asked. */
export async function runBeside<Found>(beside: Beside): Promise<Found> {
  await using companion = await Companion.start<Found>(beside);
  // Disposing must wait for it.
  return await companion.end();
}
