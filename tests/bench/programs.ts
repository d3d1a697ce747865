import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '../free-port.ts';

export type Settings = Readonly<Record<string, string>>;

/** A child process that serves HTTP; disposing of it ends it. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
  readonly port: number;
}

/** The HTTP server of the lab as a child process, with files of its own. */
export interface LabServer extends Program {
  readonly journal: string;
  readonly control: string;
}

export const root = join(import.meta.dirname, '../..');

/** How long a program may take to end by itself, in ms. */
const END_MS = 3_000;
/** How much is kept of what a program or command says on stderr, in characters. */
const KEPT = 4_000;

export function temporaryFolder() {
  return mkdtempDisposable(join(tmpdir(), 'wirelab-bench-'));
}

/** Starts a program that serves on HTTP_PORT and prints its first line when it does. */
export async function startProgram(
  command: string,
  args: readonly string[],
  settings: Settings = {},
): Promise<Program> {
  const port = await freePort();
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...settings, HTTP_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT);
  });
  const ended = once(child, 'close');
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error(`${command} ${args.join(' ')} ended early: ${said}`))),
  ]);
  child.stdout.resume();
  return {
    pid: child.pid!,
    port,
    url: `http://127.0.0.1:${port}/getbalance`,
    async [Symbol.asyncDispose]() {
      child.kill();
      const late = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

export async function startLabServer(settings: Settings): Promise<LabServer> {
  await using made = new AsyncDisposableStack();
  const folder = made.use(await temporaryFolder());
  const journal = join(folder.path, 'http.log');
  const control = join(folder.path, 'control.sock');
  const program = made.use(
    await startProgram(process.execPath, ['services/http/main.ts'], {
      ...settings,
      HTTP_JOURNAL: journal,
      CONTROL_SOCKET: control,
      LAB_SEED: 'bench',
    }),
  );
  const kept = made.move();
  return { ...program, journal, control, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/**
 * Runs a command to its end and returns what it printed.
 *
 * @throws what it said when it failed, the signal's reason when aborted; none of its own children is left then
 */
export async function run(
  command: string,
  args: readonly string[],
  { settings = {}, signal }: { settings?: Settings; signal?: AbortSignal } = {},
): Promise<string> {
  signal?.throwIfAborted();
  // A process group of its own: Ctrl-C reaches it through the signal alone, and all of it.
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const end = () => {
    try {
      process.kill(-child.pid!);
    } catch {
      // It has ended by itself.
    }
  };
  signal?.addEventListener('abort', end);
  try {
    const [[code], printed, said] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ]);
    signal?.throwIfAborted();
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${said.slice(-KEPT)}`);
    return printed;
  } finally {
    signal?.removeEventListener('abort', end);
  }
}
