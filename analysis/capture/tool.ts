import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** One of Wireshark's programs ended with an error. */
export class ToolError extends Error {
  readonly code = 'LAB_TOOL';
  /** What it printed on stderr, without the folder that setup/inspect.sh mounts a named capture at. */
  readonly output: string;

  constructor(tool: string, printed: string) {
    const output = printed.replaceAll('/given/', '');
    // Some programs print their own name first.
    super(output.startsWith(`${tool}: `) ? output : `${tool}: ${output}`);
    this.output = output;
  }
}

/** Matches the messages of Wireshark's programs about a file that can't be read to its end. */
const BREAKS_OFF =
  /(?:The (?:(?:compressed )?file "[^"]*"|standard input) (?:appears to|cannot be decompressed; it may|contains record data|isn't a capture)|An error occurred while reading)[^;]*(?:; \([^;]*\))?/;

/**
 * Why a capture file can't be read to its end, as `server.pcap appears to be damaged or corrupt (…)`; undefined for any
 * other error.
 */
export function whyBroken(error: unknown): string | undefined {
  return error instanceof ToolError ? whyBrokenIn(error.output) : undefined;
}

function whyBrokenIn(output: string): string | undefined {
  const found = BREAKS_OFF.exec(output)?.[0];
  return found
    ?.replace(/^The standard/, 'the standard')
    .replace(/The (?:compressed )?file "(?:[^"]*\/)?([^"/]*)"/, '$1')
    .replace(/(?:the )?file "(?:[^"]*\/)?([^"/]*)"/, '$1')
    .replace(/\.?; \(/, ' (')
    .replace(/\.$/, '');
}

/**
 * Runs editcap, which copies the readable part of a capture.
 *
 * @returns why the capture can't be read to its end, if so
 */
export async function editCapture(...args: string[]): Promise<string | undefined> {
  const child = spawn('editcap', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  const output = withoutNoise(await text(child.stderr));
  const [status] = await ended;
  const why = whyBrokenIn(output);
  if (status !== 0 && why === undefined) throw new ToolError('editcap', output || `ended with ${status}`);
  return why;
}

/** Lines that are no errors. */
const NOISE = /^Running as user "root"|^resetting session\.$/;

export interface ToolOptions {
  /** `inherit` passes on standard input; a stream is passed on until it ends. */
  readonly input?: 'ignore' | 'inherit' | Readable;
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs one of Wireshark's programs and yields its lines in batches, as they arrive.
 *
 * @throws ToolError after the last line if it failed, the system's error if there is no such program
 */
export async function* toolLines(
  tool: string,
  args: readonly string[],
  { input = 'ignore', signal }: ToolOptions = {},
): AsyncGenerator<string[]> {
  const child = typeof input === 'string' ? startTool(tool, args, input) : startWith(input, tool, args);
  const end = () => endTool(child);
  signal?.addEventListener('abort', end);
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject).once('close', (status, signal) => resolve(status ?? signal));
  });
  ended.catch(() => undefined);
  const errors = text(child.stderr!);
  try {
    let rest = '';
    child.stdout!.setEncoding('utf8');
    for await (const chunk of child.stdout!) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      if (lines.length > 0) yield lines;
    }
    if (rest !== '') yield [rest];
    const status = await ended;
    if (status !== 0) throw new ToolError(tool, withoutNoise(await errors) || `ended with ${status}`);
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
}

function startTool(tool: string, args: readonly string[], input: 'ignore' | 'inherit'): ChildProcess {
  return spawn(tool, args, { stdio: [input, 'pipe', 'pipe'] });
}

/** Wireshark's programs read no socket, and what Node gives to a process is one. So cat makes a pipe of it. */
function startWith(input: Readable, tool: string, args: readonly string[]): ChildProcess {
  const command = ['-c', 'cat | "$@"', tool, tool, ...args];
  // A group of its own, so that all of it can be ended.
  const child = spawn('sh', command, { stdio: 'pipe', detached: true });
  // When the program ends early, its exit code says so.
  child.stdin.on('error', () => undefined);
  input.pipe(child.stdin);
  return child;
}

/** tshark notices any other signal only at the next packet. */
function endTool(child: ChildProcess): void {
  const { exitCode, pid, signalCode, stdin } = child;
  if (exitCode !== null || signalCode !== null) return;
  if (stdin && pid !== undefined) process.kill(-pid, 'SIGKILL');
  else child.kill('SIGKILL');
}

/** Runs one of Wireshark's programs to its end and returns its output. */
export async function runTool(tool: string, ...args: string[]): Promise<string> {
  const all: string[] = [];
  for await (const lines of toolLines(tool, args)) all.push(...lines);
  return all.join('\n');
}

function withoutNoise(output: string): string {
  return output
    .split('\n')
    .filter((line) => line !== '' && !NOISE.test(line))
    .join('; ');
}
