import { access, constants, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { capturers, type Host, hosts } from '#lib/lab/hosts.ts';
import { secretsIn } from './secrets.ts';
import { editCapture } from './tool.ts';
import { workFolder } from './work-folder.ts';

/** A capture: the files of its ring, the oldest first, and the folder with the journals of its run. */
export interface Capture {
  /** `server`, `client`, `wire`, or the name of the file. */
  readonly name: string;
  readonly folder: string;
  readonly files: readonly string[];
  /**
   * The key log that decrypts TLS: the run's own, with the secrets inside the capture files. Undefined without any key.
   */
  readonly keys?: string | undefined;
  /** The files with secrets inside. */
  readonly withSecrets?: readonly string[] | undefined;
  /** Why the files break off, if these are copies of their readable part. */
  readonly cut?: string | undefined;
}

/** The servers write the secrets of their TLS connections to this file, beside the captures. */
const KEY_LOG = 'tls.keys';

/** A named capture does not exist or is none. */
export class CaptureError extends Error {
  readonly code = 'LAB_CAPTURE';
}

/** How each capture of a run comes about. */
const CURES = {
  server: 'make up starts a lab, which writes it',
  client: 'make up starts a lab, which writes it',
  wire: 'make wire DELAY=0ms puts a wire between both hosts, which writes it',
} as const;

/**
 * Finds the capture of a host or the wire in the captures folder, with all files of its ring, or one file by its path.
 *
 * @throws CaptureError when there is no such capture
 */
export async function findCapture(named: string, capturesFolder: string): Promise<Capture> {
  const host = capturers.find((name) => name === named);
  if (!host) return oneFile(named);
  const names = await readdir(capturesFolder).catch(() => []);
  const files = ringOf(host, names);
  if (files.length === 0) {
    throw new CaptureError(`there is no ${host}.pcap in the captures folder; cure: ${CURES[host]}`);
  }
  return withKeys({
    name: host,
    folder: capturesFolder,
    files: files.map((name) => join(capturesFolder, name)),
  });
}

/** The files of the ring of a host among these, the oldest first. */
export function ringOf(host: Host | 'wire', names: readonly string[]): string[] {
  // Sorted by number: after 9999 they have one more digit.
  const numbers = new Map(
    names.map((name) => [name, new RegExp(`^${host}\\.(\\d+)\\.pcap$`).exec(name)?.[1]]),
  );
  const ring = names
    .filter((name) => numbers.get(name))
    .sort((one, other) => Number(numbers.get(one)) - Number(numbers.get(other)));
  return [...ring, ...names.filter((name) => name === `${host}.pcap`)];
}

async function oneFile(path: string): Promise<Capture> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    throw new CaptureError(
      `CAPTURE is "${path}"; allowed: ${capturers.join(', ')}, or the path of a capture file`,
    );
  }
  const folder = dirname(resolve(path));
  return withKeys({ name: basename(path), folder, files: [path] });
}

/** Its keys are the key log of its folder and the secrets inside its files. */
async function withKeys(capture: Capture): Promise<Capture> {
  const beside = await findKeys(capture.folder);
  const secrets = await Promise.all(capture.files.map(secretsIn));
  const withSecrets = capture.files.filter((_, at) => secrets[at]!.length > 0);
  if (withSecrets.length === 0) return { ...capture, keys: beside };
  const known = beside === undefined ? [] : (await readFile(beside, 'latin1')).split('\n');
  const keys = join(await workFolder('keys'), KEY_LOG);
  const lines = new Set([...known, ...secrets.flat()].filter((line) => line !== ''));
  await writeFile(keys, `${[...lines].join('\n')}\n`, { mode: 0o600 });
  return { ...capture, keys, withSecrets };
}

/** A capture as an eavesdropper has it: without key log and without the secrets inside. */
export async function withoutKeys({ keys, withSecrets = [], ...capture }: Capture): Promise<Capture> {
  if (withSecrets.length === 0) return capture;
  const folder = await workFolder('without-keys');
  const reasons: string[] = [];
  const files: string[] = [];
  for (const file of capture.files) {
    const copy = withSecrets.includes(file) ? join(folder, basename(file)) : file;
    const why = copy === file ? undefined : await editCapture('--discard-all-secrets', file, copy);
    if (why !== undefined) reasons.push(why);
    files.push(copy);
  }
  return { ...capture, files, cut: joined(reasons) };
}

/** The reasons why a capture breaks off, each once; undefined without any. */
export function joined(reasons: readonly (string | undefined)[]): string | undefined {
  const different = new Set(reasons.filter((reason) => reason !== undefined));
  return different.size === 0 ? undefined : [...different].join('; ');
}

/** Whether there are keys for the captures of a folder, beside them or inside. */
export async function hasKeys(folder: string): Promise<boolean> {
  if (await findKeys(folder)) return true;
  const found = await Promise.all(hosts.map((host) => findCapture(host, folder).catch(() => undefined)));
  return found.some((capture) => capture?.keys !== undefined);
}

/**
 * The key log in a folder. An unreadable one does not count, nor an empty one, unless `orEmpty`.
 */
export async function findKeys(folder: string, { orEmpty = false } = {}): Promise<string | undefined> {
  const path = join(folder, KEY_LOG);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || (found.size === 0 && !orEmpty)) return undefined;
  return access(path, constants.R_OK).then(
    () => path,
    () => undefined,
  );
}
