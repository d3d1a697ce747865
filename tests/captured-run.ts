import { join } from 'node:path';
import type { Verdict } from '#analysis/join/verdicts.ts';
import { imageOf } from './images.ts';
import type { EchoEntry, HttpEntry, Protocol } from './journal-entries.ts';
import { command, type Host, type Lab, OWNER, type Settings } from './lab.ts';

/** An entry of a journal with its frames, as `inspect entries --json` tells it. */
export interface Tie {
  readonly entry: HttpEntry & EchoEntry & { readonly tls?: string };
  readonly verdict: Verdict;
  readonly request: readonly number[];
  readonly answer: readonly number[];
  readonly end?: number;
  readonly shows?: number;
  readonly comment: string;
}

export interface Loose {
  readonly client: string;
  readonly server: string;
  readonly from: 'client' | 'server';
  readonly transport: Protocol;
  readonly what: string;
  readonly frames: readonly number[];
  /** Of a datagram that the server has not taken. */
  readonly why?: 'overflow' | 'dropped';
}

/** All that is found in a capture. */
export interface Found {
  readonly ties: readonly Tie[];
  readonly loose: readonly Loose[];
  /** Datagrams that the server has not taken. */
  readonly unread: readonly Loose[];
  readonly counts: {
    readonly confirmed: number;
    readonly contradicted: number;
    readonly unknown: number;
    readonly loose: number;
    readonly cut?: string;
  };
}

/** What known-exchanges.ts says it sent. */
export interface Known {
  readonly http: readonly {
    readonly number: number;
    readonly port: number;
    readonly status?: number;
    /** Whether its client has left before the answer. */
    readonly left: boolean;
  }[];
  readonly echo: readonly {
    readonly number: number;
    readonly protocol: Protocol;
    readonly port: number;
    readonly tag?: string;
    readonly length: number;
  }[];
}

/** Runs `inspect` on the captures of a lab, and returns what it prints. */
export function inspect(lab: Lab, ...args: string[]): Promise<string> {
  return inspectIn(lab, '.', ...args);
}

/** Runs `inspect` with a folder inside that of the captures as if it were that. */
export async function inspectIn(lab: Lab, folder: string, ...args: string[]): Promise<string> {
  const settings = { ...lab.settings, LAB_CAPTURES_DIR: join(lab.settings.LAB_CAPTURES_DIR!, folder) };
  const { code, stdout, stderr } = await command(settings, 'setup/inspect.sh', ...args);
  if (code !== 0) throw new Error(`inspect ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

/** What joins the entries of the journals in a folder to the frames of a capture there. */
export async function entriesOf(lab: Lab, host: Host, folder = '.'): Promise<Found> {
  const lines = (await inspectIn(lab, folder, 'entries', host, '--json'))
    .trim()
    .split('\n')
    // In front it may say that it builds the images.
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  return {
    ties: lines.filter((line) => 'entry' in line),
    loose: lines.flatMap((line) => ('frames' in line || !('loose' in line) ? [] : [line.loose])),
    unread: lines.flatMap((line) => ('unread' in line && !('frames' in line) ? [line.unread] : [])),
    counts: lines.at(-1),
  };
}

/** Runs a command line of Wireshark's programs where the captures are, in a container of its own. */
export async function withTools(settings: Settings, line: string): Promise<string> {
  const { COMPOSE_PROJECT_NAME: project, LAB_CAPTURES_DIR: folder } = settings;
  const { code, stdout, stderr } = await command(
    settings,
    'docker',
    ...['run', '--rm', '--label', `com.docker.compose.project=${project}`, '--network', 'none'],
    ...['--user', OWNER, '--volume', `${folder}:/captures`, '--workdir', '/captures'],
    ...['--entrypoint', 'bash', imageOf('capture'), '-euc', line],
  );
  if (code !== 0) throw new Error(`${line}: ${stderr}`);
  return stdout;
}
