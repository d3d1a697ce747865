import { access, constants, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

export const hosts = ['server', 'client'] as const;
export type Host = (typeof hosts)[number];

/** A capture: the files of a ring, the oldest first, and the folder with the journals of its run. */
export interface Capture {
  /** What to call it: `server`, `client`, or the name of the file. */
  readonly name: string;
  readonly folder: string;
  readonly files: readonly string[];
  /** The key log of its run, by which TLS is decrypted; undefined when there is none, or nothing in it. */
  readonly keys?: string | undefined;
}

/** What the servers write the secrets of their TLS connections to, beside the captures. */
const KEY_LOG = 'tls.keys';

/** What was named as a capture is none. */
export class CaptureError extends Error {
  readonly code = 'LAB_CAPTURE';
}

/**
 * Finds a capture: of a host, in the captures folder, with the numbered files of its ring; or one file by its path.
 *
 * @throws CaptureError when there is none
 */
export async function findCapture(named: string, capturesFolder: string): Promise<Capture> {
  const host = hosts.find((name) => name === named);
  if (!host) return oneFile(named);
  const names = await readdir(capturesFolder).catch(() => []);
  // By their numbers: after 9999 they have a digit more.
  const numbers = new Map(
    names.map((name) => [name, new RegExp(`^${host}\\.(\\d+)\\.pcap$`).exec(name)?.[1]]),
  );
  const ring = names
    .filter((name) => numbers.get(name))
    .sort((one, other) => Number(numbers.get(one)) - Number(numbers.get(other)));
  const files = [...ring, ...names.filter((name) => name === `${host}.pcap`)];
  if (files.length === 0) {
    throw new CaptureError(
      `there is no ${host}.pcap in the captures folder: make up starts a lab that writes one`,
    );
  }
  return {
    name: host,
    folder: capturesFolder,
    files: files.map((name) => join(capturesFolder, name)),
    keys: await findKeys(capturesFolder),
  };
}

async function oneFile(path: string): Promise<Capture> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    throw new CaptureError(
      `CAPTURE is "${path}"; allowed: ${hosts.join(', ')}, or the path of a capture file`,
    );
  }
  const folder = dirname(resolve(path));
  return { name: basename(path), folder, files: [path], keys: await findKeys(folder) };
}

/** A capture as whoever was on the way has it. */
export function withoutKeys(capture: Capture): Capture {
  return { ...capture, keys: undefined };
}

/**
 * The key log in a folder. One that may not be read is as good as none, and one in which nothing is, too, unless keys
 * may come.
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
