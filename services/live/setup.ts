import { access, constants, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Run, type RunDefaults, readRun } from '#lib/journal/run.ts';
import type { Config } from './config.ts';
import type { Hello, Rights } from './contract.ts';
import { KEPT } from './feed/feed.ts';

/** What the settings and the record of the run say. */
export interface Setup {
  readonly folder: string;
  readonly isPlayed: boolean;
  readonly defaults: RunDefaults;
  readonly run: Run;
  /**
   * What a page with these rights learns first.
   *
   * @param className what the browsers of a class call this machine; empty without a class
   */
  hello(rights: Rights, now: number, className?: string): Omit<Hello, 'instance' | 'isContinued'>;
}

export async function readSetup(config: Config): Promise<Setup> {
  const folder = config.LIVE_CAPTURES;
  const isPlayed = config.PLAYED !== '';
  await (isPlayed ? mustHaveCaptures(folder, config.PLAYED) : mustBeReadable(folder));
  const defaults: RunDefaults = {
    addresses: { server: config.LAB_SERVER_ADDRESS, client: config.LAB_CLIENT_ADDRESS },
    ports: {
      ...{ http: config.HTTP_PORT, https: config.HTTPS_PORT },
      ...{ echo: config.ECHO_PORT, echoTls: config.ECHO_TLS_PORT },
    },
  };
  const run = await readRun(folder, defaults);
  return {
    ...{ folder, isPlayed, defaults, run },
    hello(rights, now, className = '') {
      const hasControls = rights === 'control' && !isPlayed;
      return {
        rights,
        ...(isPlayed && { played: basename(config.PLAYED) }),
        ...(run.name !== undefined && { name: run.name }),
        addresses: run.addresses,
        ports: { ...run.ports, flow: config.FLOW_PORT },
        ...(className !== '' && { forClass: `http://${className}:${config.LIVE_CLASS_PORT}` }),
        hasTerminal: hasControls && config.LIVE_TERMINAL,
        hasCommands: hasControls,
        kept: KEPT.packets,
        now,
      };
    },
  };
}

/** @throws when this user may not read the folder of a lab that runs */
async function mustBeReadable(folder: string): Promise<void> {
  await readdir(folder).catch((error: Error) => {
    throw new Error(
      `the captures can't be read: ${error.message}; cure: chmod g+rx for the folder LAB_CAPTURES_DIR`,
      { cause: error },
    );
  });
}

/** @throws when the folder has no capture, or this user may not read it */
async function mustHaveCaptures(folder: string, named: string): Promise<void> {
  const names = await readdir(folder).catch((error: Error) => {
    throw new Error(`RUN is "${named}", which can't be read: ${error.message}; cure: chmod a+rx`, {
      cause: error,
    });
  });
  await mustBeFiles(folder, names, named);
  const captures = names.filter((name) => name.endsWith('.pcap'));
  if (captures.length === 0) throw new Error(`RUN is "${named}", which has no capture`);
  for (const name of captures) {
    await access(join(folder, name), constants.R_OK).catch((error: Error) => {
      throw new Error(`RUN is "${named}", whose ${name} can't be read; cure: chmod a+r`, { cause: error });
    });
  }
}

/** @throws when the folder has something on which a reader would wait, such as a pipe or a device */
async function mustBeFiles(folder: string, names: readonly string[], named: string): Promise<void> {
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found && !found.isFile() && !found.isDirectory())
      throw new Error(`RUN is "${named}", whose ${name} is no regular file; allowed: the folder of a run`);
  }
}
