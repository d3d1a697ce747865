import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirelab-live-'));
  for (const name of ['captures', 'bin', 'temporary']) mkdirSync(join(folder, name));
  for (const name of ['tshark', 'sharkd']) {
    writeFileSync(join(folder, 'bin', name), '#!/bin/sh\nexec cat\n');
    chmodSync(join(folder, 'bin', name), 0o755);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** How the program ended. */
interface Ended {
  readonly code: number | string | null;
  readonly stderr: string;
}

/** Starts the program with its own folders, on a free port, and waits until it has ended. */
async function run(settings: NodeJS.ProcessEnv, onOutput?: (end: () => void) => void): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const child = execFile(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'main.ts')],
    {
      env: {
        PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
        TMPDIR: join(folder, 'temporary'),
        ...{ LIVE_CAPTURES: join(folder, 'captures'), LIVE_PORT: '0', LIVE_CLASS_PORT: '0' },
        CONTROL_SOCKET: join(folder, 'control.sock'),
        ...settings,
      },
    },
    (error, _stdout, stderr) =>
      resolve({ code: error ? (error.code ?? error.signal ?? null) : 0, stderr: stderr.trim() }),
  );
  child.stdout?.once('data', () => onOutput?.(() => child.kill('SIGTERM')));
  return promise;
}

/** The files that it has left. */
const left = (): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /^temporary\/|sock$/.test(name));

describe('a start that fails ends with its reason, and leaves nothing', () => {
  afterEach(() => expect(left()).toEqual([]));

  test.each(['LIVE_PORT', 'LIVE_CLASS_PORT'])('when %s is taken', async (setting) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const { code, stderr } = await run({ [setting]: String(port) });
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: `error: ${setting} is "${port}", which can't be used: listen EADDRINUSE: address already in use 0.0.0.0:${port}`,
      });
    } finally {
      other.close();
    }
  });

  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    [
      'without the captures',
      { LIVE_CAPTURES: '/nowhere' },
      /^error: the captures can't be read: ENOENT.*; cure: chmod g\+rx for the folder LAB_CAPTURES_DIR$/,
    ],
    [
      'when there is no place for its control socket',
      { CONTROL_SOCKET: '/nowhere/control.sock' },
      /^error: CONTROL_SOCKET is "\/nowhere\/control.sock", which can't be used: listen (?:ENOENT|EACCES)/,
    ],
    [
      'without tshark',
      { PATH: '/nowhere' },
      /^error: PATH is "\/nowhere", which has no tshark; the image of the captures has it$/,
    ],
  ])('%s', async (_case, settings, reason) => {
    const { code, stderr } = await run(settings);
    expect(stderr).toMatch(reason);
    expect(code).toBe(1);
  });
});

test('a signal ends it, and its temporary files go', async () => {
  const { code, stderr } = await run({}, (end) => end());
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(left()).toEqual([]);
});
