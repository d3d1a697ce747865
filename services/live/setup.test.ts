import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigError, readConfig } from '#lib/runtime/config.ts';
import { configSchema } from './config.ts';
import { readSetup } from './setup.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
});
afterEach(() => rm(folder, { recursive: true }));

const read = (settings: Record<string, string> = {}) =>
  readSetup(readConfig(configSchema, { LIVE_CAPTURES: folder, ...settings }));

describe('a page with the controls', () => {
  test('of a lab learns where the hosts are, and what it may do', async () => {
    const { hello, isPlayed } = await read({ HTTP_PORT: '8181' });
    expect(isPlayed).toBe(false);
    expect(hello('control', 7)).toEqual({
      rights: 'control',
      addresses: { client: '10.0.142.133', server: '10.0.28.182' },
      ports: { http: 8181, https: 8443, echo: 9090, echoTls: 9443, flow: 5201 },
      ...{ hasTerminal: true, hasCommands: true, kept: 20_000, now: 7 },
    });
  });

  test('has no terminal when that is off', async () => {
    const { hello } = await read({ LIVE_TERMINAL: '0' });
    expect(hello('control', 7)).toMatchObject({ hasTerminal: false, hasCommands: true });
  });

  test('of an earlier run changes nothing, and has the name and the ports of that run', async () => {
    await writeFile(join(folder, 'server.pcap'), '');
    const program = { program: 'http', port: 8282, tlsPort: 8283, addresses: { server: '10.9.0.2' } };
    const records = [{ event: 'run', name: 'first-try' }, program];
    await writeFile(join(folder, 'lab.log'), records.map((record) => JSON.stringify(record)).join('\n'));
    const { hello } = await read({ PLAYED: '/home/alice/captures/archive/then' });
    expect(hello('control', 7)).toMatchObject({
      ...{ rights: 'control', played: 'then', name: 'first-try', hasTerminal: false, hasCommands: false },
    });
  });
});

test('a viewer has neither terminal nor commands', async () => {
  const { hello } = await read();
  expect(hello('view', 7)).toMatchObject({ rights: 'view', hasTerminal: false, hasCommands: false });
});

test('a page of a lab with a class knows the address for other machines', async () => {
  const { hello } = await read({ LIVE_CLASS_PORT: '9000' });
  expect(hello('view', 7, 'lab.school').forClass).toBe('http://lab.school:9000');
  expect(hello('view', 7, '').forClass).toBeUndefined();
});

test('a folder of captures that can not be read is named with its cure', async () => {
  await expect(read({ LIVE_CAPTURES: join(folder, 'none') })).rejects.toThrow(
    /^the captures can't be read: ENOENT.*; cure: chmod g\+rx for the folder LAB_CAPTURES_DIR$/,
  );
});

describe('a run is not played', () => {
  test('without a capture', async () => {
    await writeFile(join(folder, 'http.log'), '');
    await expect(read({ PLAYED: '/a/run' })).rejects.toThrow('RUN is "/a/run", which has no capture');
  });

  test('from a folder that is not there', async () => {
    await expect(read({ PLAYED: '/a/run', LIVE_CAPTURES: join(folder, 'none') })).rejects.toThrow(
      /^RUN is "\/a\/run", which can't be read: ENOENT.*; cure: chmod a\+rx$/,
    );
  });

  test.each(['server.pcap', 'lab.log'])('when its %s is a pipe', async (name) => {
    await writeFile(join(folder, 'client.pcap'), '');
    execFileSync('mkfifo', [join(folder, name)]);
    await expect(read({ PLAYED: '/a/run' })).rejects.toThrow(
      `RUN is "/a/run", whose ${name} is no regular file; allowed: the folder of a run`,
    );
  });

  test('when its capture can not be read', async () => {
    // Root may read every file, and no link to one that is not there.
    await symlink('elsewhere', join(folder, 'server.pcap'));
    await expect(read({ PLAYED: '/a/run' })).rejects.toThrow("whose server.pcap can't be read");
  });
});

describe('settings', () => {
  test('name machines by address and names', () => {
    const config = readConfig(configSchema, { LIVE_ADDRESS: '0.0.0.0', LIVE_NAMES: 'lab.school,lab' });
    expect(config).toMatchObject({ LIVE_ADDRESS: '0.0.0.0', LIVE_NAMES: ['lab.school', 'lab'] });
    expect(readConfig(configSchema, {})).toMatchObject({ LIVE_ADDRESS: '127.0.0.1', LIVE_NAMES: [] });
  });

  test.each([
    ['LIVE_ADDRESS', 'localhost', 'allowed: an IPv4 address'],
    ['LIVE_ADDRESS', '::', 'allowed: an IPv4 address'],
    ['LIVE_NAMES', 'lab.school, lab', 'allowed: names with commas between them, such as lab.school'],
    ['LIVE_NAMES', 'http://lab', 'allowed: names with commas between them, such as lab.school'],
    ['LIVE_VIEWERS', '0', 'allowed: a whole number from 1 to 1000'],
  ])('%s refuses %j', (name, value, allowed) => {
    expect(() => readConfig(configSchema, { [name]: value })).toThrow(
      new ConfigError([`${name} is "${value}"; ${allowed}`]),
    );
  });
});
