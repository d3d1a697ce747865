import { join } from 'node:path';
import type { Reason, Verdict } from '#analysis/join/verdicts.ts';
import { imageOf } from './images.ts';
import type { EchoEntry, HttpEntry, Protocol } from './journal-entries.ts';
import { command, type Host, type Lab, OWNER, type Settings } from './lab.ts';

/** A journal entry with its frames, as `inspect entries --json` prints it. */
export interface Match {
  readonly entry: HttpEntry & EchoEntry & { readonly tls?: string };
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly request: readonly number[];
  readonly response: readonly number[];
  readonly end?: number;
  readonly shows?: number;
  readonly comment: string;
}

/** An exchange without a journal entry. */
export interface WithoutEntry {
  readonly client: string;
  readonly server: string;
  readonly from: 'client' | 'server';
  readonly transport: Protocol;
  readonly what: string;
  readonly frames: readonly number[];
  /** Why the server did not read it, if it is an unread datagram. */
  readonly why?: 'overflow' | 'dropped';
}

/** Everything that is found in a capture. */
export interface Found {
  readonly matches: readonly Match[];
  readonly withoutEntry: readonly WithoutEntry[];
  /** Datagrams that the server did not read. */
  readonly unread: readonly WithoutEntry[];
  readonly counts: {
    readonly confirmed: number;
    readonly contradicted: number;
    readonly encrypted: number;
    readonly unknown: number;
    readonly withoutEntry: number;
    readonly cut?: string;
  };
}

/** What known-exchanges.ts sent. */
export interface Known {
  readonly http: readonly {
    readonly number: number;
    readonly port: number;
    readonly status?: number;
    /** Whether its client aborted it before the response. */
    readonly isAborted: boolean;
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

/** Runs `inspect` on a subfolder of the captures. */
export async function inspectIn(lab: Lab, folder: string, ...args: string[]): Promise<string> {
  const settings = { ...lab.settings, LAB_CAPTURES_DIR: join(lab.settings.LAB_CAPTURES_DIR!, folder) };
  const { code, stdout, stderr } = await command(settings, 'setup/inspect.sh', ...args);
  if (code !== 0) throw new Error(`inspect ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

/** The journal entries in a folder, matched with the frames of a capture there. */
export async function entriesOf(lab: Lab, host: Host, folder = '.'): Promise<Found> {
  const lines = (await inspectIn(lab, folder, 'entries', host, '--json'))
    .trim()
    .split('\n')
    // Messages about building images may come first.
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  return {
    matches: lines.filter((line) => 'entry' in line),
    withoutEntry: lines.flatMap((line) =>
      'frames' in line || !('withoutEntry' in line) ? [] : [line.withoutEntry],
    ),
    unread: lines.flatMap((line) => ('unread' in line && !('frames' in line) ? [line.unread] : [])),
    counts: lines.at(-1),
  };
}

/** Runs Wireshark's programs in the folder of the captures, in a container of its own. */
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
