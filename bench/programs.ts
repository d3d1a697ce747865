import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtempDisposable } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { server as certified, writeCredentials } from '#lib/tls/testing.ts';
import { freePort } from '../tests/free-port.ts';

export type Settings = Readonly<Record<string, string>>;

/** A child process that serves on a port. Disposing of it ends it. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  /** The address that an HTTP server is asked for. */
  readonly url: string;
}

/** A server of the lab as a child process, with its own files. */
export interface LabServer extends Program {
  readonly tlsPort: number;
  readonly journal: string;
  readonly control: string;
}

export const root = join(import.meta.dirname, '..');

/** Below the ports that the kernel assigns, so that it gives none of them to another program. */
const FIRST_TLS_PORT = 25_000;
/** How long a program may take to end by itself, in ms. */
const END_MS = 3_000;
/** Characters of stderr that are kept. */
const KEPT = 4_000;
/** Time between two attempts to connect, in ms. */
const RETRY_MS = 20;

export function temporaryFolder() {
  return mkdtempDisposable(join(tmpdir(), 'wirelab-bench-'));
}

/** Starts a program that serves on HTTP_PORT or ECHO_PORT, and returns when it does. Its output is lost. */
export async function startProgram(
  command: string,
  args: readonly string[],
  settings: Settings = {},
): Promise<Program> {
  const port = await freePort();
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...settings, HTTP_PORT: String(port), ECHO_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT);
  });
  const ended = once(child, 'close');
  await Promise.race([
    accepts(port),
    ended.then(() => Promise.reject(new Error(`${command} ${args.join(' ')} ended early: ${said}`))),
  ]);
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

/** Returns when a port accepts connections. */
async function accepts(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await sleep(RETRY_MS);
    } finally {
      socket.destroy();
    }
  }
}

export async function startLabServer(server: 'http' | 'echo', settings: Settings): Promise<LabServer> {
  await using made = new AsyncDisposableStack();
  const folder = made.use(await temporaryFolder());
  const journal = join(folder.path, 'journal.log');
  const control = join(folder.path, 'control.sock');
  const tlsPort = await freePort(FIRST_TLS_PORT);
  // The certificates need a folder of their own: the server watches it, and writes the journal in the other one.
  const certificates = join(folder.path, 'certificates');
  await mkdir(certificates);
  await writeCredentials(certificates, certified);
  const program = made.use(
    await startProgram(process.execPath, [`services/${server}/main.ts`], {
      ...settings,
      HTTP_JOURNAL: journal,
      LAB_RECORD: '/dev/null',
      ECHO_JOURNAL: journal,
      CONTROL_SOCKET: control,
      HTTPS_PORT: String(tlsPort),
      ECHO_TLS_PORT: String(tlsPort),
      TLS_CERTIFICATES: certificates,
      TLS_KEYS: join(folder.path, 'tls.keys'),
      LAB_SEED: 'bench',
    }),
  );
  const kept = made.move();
  return { ...program, tlsPort, journal, control, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/**
 * Runs a command to its end, and returns what it printed.
 *
 * @throws an error with its stderr when it fails; the signal's reason when aborted. Then no child of the command is
 * left
 */
export async function run(
  command: string,
  args: readonly string[],
  { settings = {}, signal }: { settings?: Settings; signal?: AbortSignal } = {},
): Promise<string> {
  signal?.throwIfAborted();
  // The command gets its own process group. So Ctrl-C reaches it only through the signal, with all its children.
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
      // It has already ended.
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
