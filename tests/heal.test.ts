import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { entriesOf } from './captured-run.ts';
import { eventually } from './eventually.ts';
import { command, type Ended, Lab } from './lab.ts';

/** How a host is lost, and which programs that takes off the network. A capture starts again by itself. */
const losses = [
  { host: 'server', how: 'restart', programs: ['echo', 'http'] },
  { host: 'client', how: 'restart', programs: ['client'] },
  { host: 'server', how: 'kill', programs: ['echo', 'http'] },
  { host: 'client', how: 'kill', programs: ['client'] },
] as const;

describe.each(losses)('after docker $how of the $host host under traffic', ({ host, how, programs }) => {
  let lab: Lab;
  let record: string;
  const said: Record<string, Ended> = {};

  const make = (target: string) => command(lab.settings, 'make', '--silent', target);
  const begun = async () =>
    (await readFile(join(lab.settings.LAB_CAPTURES_DIR!, 'lab.log'), 'utf8')).split('\n')[0]!;

  beforeAll(async () => {
    lab = await Lab.start({ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none' });
    record = await begun();
    // Its own container is started again when the client host is lost.
    const traffic = lab
      .balance('--requests', '200', '--interval', '0.05', '--timeout', '1')
      .catch(() => undefined);
    await eventually('entries', 30_000, async () => (await lab.journal()).length > 5);
    expect(await lab.docker(how, lab.nameOf(`${host}-host`))).toMatchObject({ code: 0 });
    for (const target of ['status', 'doctor']) said[target] = await make(target);
    said.up = await make('up');
    said.after = await make('status');
    await traffic;
  });
  afterAll(() => lab?.end());

  test('make status and make doctor say so at once', () => {
    const what = how === 'kill' ? `${host}-host is not running` : `${programs[0]} is off the network`;
    for (const target of ['status', 'doctor']) {
      expect(said[target]!.code).not.toBe(0);
      expect(said[target]!.stdout).toMatch(new RegExp(`^PROBLEM +hosts +.*${what}`, 'ms'));
      expect(said[target]!.stdout).toContain('cure: make up, which goes on with this run');
    }
  });

  test('make up heals it', async () => {
    expect(said.up).toMatchObject({ code: 0, stderr: '' });
    expect(said.up!.stdout).toContain('mending the lab: restart');
    for (const program of programs) expect(said.up!.stdout).toContain(program);
    expect(said.up!.stdout).toContain('wirelab is up');
    expect(said.after!.stdout).toMatch(/^ok +hosts /m);
    expect(await lab.echo('--protocol', 'tcp', '--message', 'Hey')).toMatchObject({ code: 0 });
    expect(await lab.balance('--requests', '3', '--interval', '0')).toMatchObject({ code: 0 });
  });

  test('the run goes on, and its captures are whole and read as one', async () => {
    expect(await begun()).toBe(record);
    const files = await readdir(lab.settings.LAB_CAPTURES_DIR!);
    expect(files).not.toContain('archive');
    expect(files).toEqual(expect.arrayContaining([`${host}.0001.pcap`, `${host}.pcap`]));
    const { ties } = await entriesOf(lab, host);
    const entries = [...(await lab.journal()), ...(await lab.journal('echo'))];
    expect(ties).toHaveLength(entries.filter((entry) => !('event' in entry)).length);
    expect(ties.filter(({ request }) => request.length === 0)).toEqual([]);
  });
});

test('a program that is off the network becomes unhealthy', async () => {
  const lab = await Lab.start();
  try {
    await lab.docker('restart', '--time', '1', lab.nameOf('server-host'));
    for (const service of ['http', 'echo']) {
      const health = ['inspect', '--format', '{{.State.Health.Status}}', lab.nameOf(service)];
      await eventually(
        `${service} unhealthy`,
        120_000,
        async () => (await lab.docker(...health)).stdout.trim() === 'unhealthy',
      );
    }
  } finally {
    await lab.end();
  }
});

test('a lab that is paused goes on by make up, in the same run', async () => {
  const lab = await Lab.start();
  const make = (target: string) => command(lab.settings, 'make', '--silent', target);
  const names = ['http', 'echo', 'capture-server', 'capture-client', 'server-host', 'client-host'];
  const containers = names.map((service) => lab.nameOf(service));
  const begun = async () =>
    (await readFile(join(lab.settings.LAB_CAPTURES_DIR!, 'lab.log'), 'utf8')).split('\n')[0]!;
  try {
    const before = await begun();
    expect(await lab.docker('pause', lab.nameOf('client'), ...containers)).toMatchObject({ code: 0 });
    const { code, stdout } = await make('status');
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/^PROBLEM +hosts +capture-client is paused$/m);
    expect(await make('up')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('wirelab: mending the lab: unpause '),
    });
    expect((await make('status')).stdout).toMatch(/^ok +hosts /m);
    expect(await begun()).toBe(before);
  } finally {
    await lab.end();
  }
});
