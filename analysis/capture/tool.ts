import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** One of Wireshark's programs ended with an error. */
export class ToolError extends Error {
  readonly code = 'LAB_TOOL';
  /** What it printed on stderr, without the folder where setup/inspect.sh puts a capture that a person names. */
  readonly said: string;

  constructor(tool: string, printed: string) {
    const said = printed.replaceAll('/given/', '');
    // Some name themselves.
    super(said.startsWith(`${tool}: `) ? said : `${tool}: ${said}`);
    this.said = said;
  }
}

/** What Wireshark's programs say of a file that can't be read to its end, whatever the reason. */
const BREAKS_OFF =
  /(?:The (?:(?:compressed )?file "[^"]*"|standard input) (?:appears to|cannot be decompressed; it may|contains record data|isn't a capture)|An error occurred while reading)[^;]*(?:; \([^;]*\))?/;

/**
 * Why a capture file can be read up to some frame and no further, or not at all, as `server.pcap appears to be damaged
 * or corrupt (…)`; undefined for any other error.
 */
export function whyBroken(error: unknown): string | undefined {
  return error instanceof ToolError ? whyBrokenIn(error.said) : undefined;
}

function whyBrokenIn(said: string): string | undefined {
  const found = BREAKS_OFF.exec(said)?.[0];
  return found
    ?.replace(/^The standard/, 'the standard')
    .replace(/The (?:compressed )?file "(?:[^"]*\/)?([^"/]*)"/, '$1')
    .replace(/(?:the )?file "(?:[^"]*\/)?([^"/]*)"/, '$1')
    .replace(/\.?; \(/, ' (')
    .replace(/\.$/, '');
}

/**
 * Runs editcap, which leaves out what it can't read of a capture.
 *
 * @returns why the capture could not be read to its end, if so
 */
export async function editCapture(...args: string[]): Promise<string | undefined> {
  const child = spawn('editcap', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  const said = meaning(await text(child.stderr));
  const [status] = await ended;
  const why = whyBrokenIn(said);
  if (status !== 0 && why === undefined) throw new ToolError('editcap', said || `ended with ${status}`);
  return why;
}

/** Lines that say nothing about the work. */
const NOISE = /^Running as user "root"|^resetting session\.$/;

export interface ToolOptions {
  /** `inherit` gives it what this program is given. */
  readonly input?: 'ignore' | 'inherit';
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs one of Wireshark's programs and yields what it prints, some lines at a time, as they come.
 * @throws ToolError behind the last line when it failed, the system's error when there is no such program
 */
export async function* toolLines(
  tool: string,
  args: readonly string[],
  { input = 'ignore', signal }: ToolOptions = {},
): AsyncGenerator<string[]> {
  const child = spawn(tool, args, { stdio: [input, 'pipe', 'pipe'] });
  // tshark minds a softer signal only when the next packet comes.
  const end = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', end);
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject).once('close', (status, signal) => resolve(status ?? signal));
  });
  ended.catch(() => undefined);
  const said = text(child.stderr);
  try {
    let rest = '';
    child.stdout.setEncoding('utf8');
    for await (const chunk of child.stdout) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      if (lines.length > 0) yield lines;
    }
    if (rest !== '') yield [rest];
    const status = await ended;
    if (status !== 0) throw new ToolError(tool, meaning(await said) || `ended with ${status}`);
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
}

/** Runs one of Wireshark's programs to its end and returns what it printed. */
export async function runTool(tool: string, ...args: string[]): Promise<string> {
  const all: string[] = [];
  for await (const lines of toolLines(tool, args)) all.push(...lines);
  return all.join('\n');
}

function meaning(said: string): string {
  return said
    .split('\n')
    .filter((line) => line !== '' && !NOISE.test(line))
    .join('; ');
}
