import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { imageOf } from './images.ts';
import { command, Lab } from './lab.ts';

const run = promisify(execFile);
/** A capture looks every 2 s, and health checks run every 10 s. In ms. */
const SOON = 60_000;

/** Runs a command that only root may on this machine, by the right to run containers, which all who use a lab have. */
const asRoot = (...command: string[]) =>
  run('docker', [
    ...['run', '--rm', '--privileged', '--pid', 'host', '--network', 'none', '--user', '0'],
    ...['--entrypoint', 'nsenter', imageOf('programs'), '--target', String(process.pid), '--mount'],
    ...command,
  ]);

let folder: string;
let lab: Lab;

const make = (target: string) => command(lab.settings, 'make', '--silent', target);
const at = (name: string) => join(folder, name);
/** Waits until make status says all of that, and returns what it prints. */
const status = (...said: RegExp[]) =>
  eventually(`${said.join(' and ')} in make status`, SOON, async () => {
    const { stdout } = await make('status');
    return said.every((one) => one.test(stdout)) && stdout;
  });
/** Waits until make status says that of each host's capture, which look at different times. */
const statusOfBoth = (said: string) =>
  status(...['server', 'client'].map((host) => new RegExp(`\\b${host}\\.pcap: ${said}`)));
const balance = async (requests: number) => {
  const { stdout } = await lab.balance('--requests', String(requests), '--interval', '0');
  expect(stdout.match(/^\/getbalance response status code: 200$/gm)).toHaveLength(requests);
};
const health = async (service: string) =>
  (await lab.docker('inspect', '--format', '{{.State.Health.Status}}', lab.nameOf(service))).stdout.trim();
const gaps = async () =>
  (await readFile(at('lab.log'), 'utf8'))
    .split('\n')
    .flatMap((line) => (line.includes('"event":"gap"') ? [JSON.parse(line)] : []));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-disk-'));
  const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()}`;
  await asRoot('mount', '-t', 'tmpfs', '-o', `size=20m,mode=755,${owner}`, 'tmpfs', folder);
  lab = await Lab.start({
    LAB_CAPTURES_DIR: folder,
    HTTP_FAULTS: 'none',
    LAB_CAPTURE_FILE_MB: '3',
    LAB_CAPTURE_FILES: '2',
  });
  await status(/^ok +capture +all packets get into the captures$/m);
});

afterAll(async () => {
  await lab?.end();
  await asRoot('umount', '--lazy', folder);
  await rmdir(folder);
});

describe('on a full disk', () => {
  let full: string;
  let doctor: string;

  beforeAll(async () => {
    await balance(10);
    await run('sh', ['-c', `dd if=/dev/zero of='${at('filler')}' bs=64k 2>/dev/null; true`]);
    await run('sh', ['-c', `dd if=/dev/zero of='${at('filler.rest')}' bs=1 2>/dev/null; true`]);
    await balance(60);
    await statusOfBoth('\\d+ packets are missing since ');
    full = await status(/^PROBLEM +journals/m);
    doctor = (await make('doctor')).stdout;
    await eventually(
      'an unhealthy capture',
      SOON,
      async () => (await health('capture-server')) === 'unhealthy',
    );
    await rm(at('filler'));
    await rm(at('filler.rest'));
    await statusOfBoth('\\d+ packets are missing from');
    await balance(10);
  });

  test('status and doctor say what is missing, what waits and that no room is left', () => {
    for (const said of [full, doctor]) {
      expect(said).toMatch(
        /^PROBLEM +capture +server\.pcap: [1-9]\d* packets are missing since 2\S+Z: No space left on device/m,
      );
      expect(said).toMatch(
        /^PROBLEM +journals +[1-9]\d* entries wait until \/captures\/http\.log can be written: .*ENOSPC/m,
      );
      expect(said).toMatch(/^PROBLEM +space +0 MB are free in /m);
    }
  });

  test('each answer is in the journal once there is room, whole and in order', async () => {
    await status(/^ok +journals +every decision is in its journal$/m);
    const entries = await lab.journal();
    expect(entries.map(({ id }) => id)).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
  });

  test('each capture goes on in a new file, and says how many packets are missing and why', async () => {
    for (const host of ['server', 'client']) {
      expect(await readdir(folder)).toEqual(expect.arrayContaining([`${host}.0001.pcap`, `${host}.pcap`]));
      const found = (await gaps()).filter((gap) => gap.host === host);
      expect(found).toEqual([expect.objectContaining({ reason: 'No space left on device' })]);
      expect(found[0].packets).toBeGreaterThanOrEqual(60);
      expect(Date.parse(found[0].from)).toBeLessThan(Date.parse(found[0].to));
    }
  });

  test('no file ends in the middle of a packet', async () => {
    const { code, stderr } = await lab.exec('capture-server', 'sh', '-c', 'capinfos -c /captures/*.pcap');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('it is healthy again', () =>
    eventually('a healthy capture', SOON, async () => (await health('capture-server')) === 'healthy'));
});

describe('a file that goes while the lab runs', () => {
  test('is a new capture where it was a capture, and a gap', async () => {
    await balance(5);
    await rm(at('server.pcap'));
    const said = await status(
      /server\.pcap: [1-9]\d* packets are missing from .*: server\.pcap was deleted$/m,
    );
    expect(said).toContain('No space left on device');
    expect(await readdir(folder)).toContain('server.pcap');
  });

  test('comes back whole where it was a journal, with what was written meanwhile', async () => {
    const before = (await lab.journal()).length;
    await rm(at('http.log'));
    await rename(at('echo.log'), at('moved.log'));
    await rm(at('lab.log'));
    await balance(5);
    await eventually('the journals', SOON, async () => {
      const names = await readdir(folder);
      const all = ['http.log', 'echo.log', 'lab.log', 'tls.keys'].every((name) => names.includes(name));
      return all && (await lab.journal()).length === before + 5;
    });
    expect(await readFile(at('lab.log'), 'utf8')).toMatch(/^\{"timestamp":"[^"]+","event":"run"/);
  });

  test('does not keep its server from starting again', async () => {
    expect(await lab.compose('restart', 'http')).toMatchObject({ code: 0 });
    await status(/^ok +hosts/m);
    await balance(1);
  });
});

describe('a capture whose', () => {
  test.each(['sidecar', 'tcpdump'])('%s is killed goes on', async (what) => {
    const before = (await gaps()).length;
    if (what === 'sidecar') {
      await lab.docker('kill', lab.nameOf('capture-server'));
      await balance(5);
      await lab.docker('start', lab.nameOf('capture-server'));
      await eventually('a gap', SOON, async () => (await gaps()).length > before);
      expect((await gaps()).at(-1)).toMatchObject({ host: 'server', reason: 'the capture was killed' });
    } else {
      const kill = "setpriv --reuid $(stat -c %u /captures) sh -c 'kill -KILL $(pidof tcpdump)'";
      expect(await lab.exec('capture-server', 'sh', '-c', kill)).toMatchObject({ code: 0 });
    }
    await balance(5);
    await eventually('a healthy capture', SOON, async () => (await health('capture-server')) === 'healthy');
  });
});

test('make down says what is in the files, what is missing, from when to when and why', async () => {
  const { stdout } = await make('down');
  expect(stdout).toMatch(
    /server\.pcap {2}[1-9]\d* packets captured, 0 dropped by the kernel, [1-9]\d* missing\n/,
  );
  for (const why of ['No space left on device', 'server.pcap was deleted', 'the capture was killed']) {
    expect(stdout).toMatch(
      new RegExp(`warning: [1-9]\\d* packets are missing from \\S+Z to \\S+Z: ${why}\\n`),
    );
  }
  expect(await readdir(folder)).not.toContain('.run');
});
