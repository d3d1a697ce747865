import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { entriesOf } from './captured-run.ts';
import { eventually } from './eventually.ts';
import { command, type Ended, Lab } from './lab.ts';

/** The hosts, and the programs that losing one takes off the network. A capture starts again by itself. */
const hosts = [
  { host: 'server', programs: ['echo', 'http'] },
  { host: 'client', programs: ['client'] },
] as const;

describe.each(hosts)('a lab whose $host host is lost under traffic', ({ host, programs }) => {
  let lab: Lab;
  let begun: string;

  const make = (target: string) => command(lab.settings, 'make', '--silent', target);
  const firstLine = async () =>
    (await readFile(join(lab.settings.LAB_CAPTURES_DIR!, 'lab.log'), 'utf8')).split('\n')[0]!;

  beforeAll(async () => {
    lab = await Lab.start({ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none' });
    begun = await firstLine();
  });
  afterAll(() => lab?.end());

  describe.each(['restart', 'kill'] as const)('by docker %s', (how) => {
    const said: Record<string, Ended> = {};

    beforeAll(async () => {
      const before = (await lab.journal()).length;
      // Its own container is started again when the client host is lost.
      const traffic = lab
        .balance('--requests', '200', '--interval', '0.05', '--timeout', '1')
        .catch(() => undefined);
      await eventually('entries', 30_000, async () => (await lab.journal()).length > before + 5);
      expect(await lab.docker(how, lab.nameOf(`${host}-host`))).toMatchObject({ code: 0 });
      for (const target of ['status', 'doctor']) said[target] = await make(target);
      said.up = await make('up');
      said.after = await make('status');
      await traffic;
    });

    test('make status and make doctor say so at once', () => {
      const what = how === 'kill' ? `${host}-host is not running` : `${programs[0]} is off the network`;
      for (const target of ['status', 'doctor']) {
        expect(said[target]!.code).not.toBe(0);
        expect(said[target]!.stdout).toMatch(new RegExp(`^PROBLEM +hosts +.*${what}`, 'ms'));
        expect(said[target]!.stdout).toContain('cure: make up, which continues this run');
      }
    });

    test('make up heals it', async () => {
      expect(said.up).toMatchObject({ code: 0, stderr: '' });
      expect(said.up!.stdout).toContain('repairing the lab: restart');
      for (const program of programs) expect(said.up!.stdout).toContain(program);
      expect(said.up!.stdout).toContain('wirelab is up');
      expect(said.after!.stdout).toMatch(/^ok +hosts /m);
      expect(await lab.echo('--protocol', 'tcp', '--message', 'Hey')).toMatchObject({ code: 0 });
      expect(await lab.balance('--requests', '3', '--interval', '0')).toMatchObject({ code: 0 });
    });

    test('the run goes on, and its captures are whole and read as one', async () => {
      expect(await firstLine()).toBe(begun);
      const files = await readdir(lab.settings.LAB_CAPTURES_DIR!);
      expect(files).not.toContain('archive');
      const earlier = how === 'restart' ? ['0001'] : ['0001', '0002'];
      expect(files).toEqual(
        expect.arrayContaining([...earlier.map((number) => `${host}.${number}.pcap`), `${host}.pcap`]),
      );
      const { matches } = await entriesOf(lab, host);
      const entries = [...(await lab.journal()), ...(await lab.journal('echo'))];
      expect(matches).toHaveLength(entries.filter((entry) => !('event' in entry)).length);
      // What was on its way when the interface went may be in no capture.
      const missed = matches.filter(({ request }) => request.length === 0);
      expect(missed.filter(({ reason }) => reason !== 'capture-gap')).toEqual([]);
      expect(missed.length).toBeLessThan(3);
    });
  });
});

describe('a lab of which nobody sends anything', () => {
  let lab: Lab;
  const make = (target: string) => command(lab.settings, 'make', '--silent', target);
  const record = () => readFile(join(lab.settings.LAB_CAPTURES_DIR!, 'lab.log'), 'utf8');

  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab?.end());

  test('goes on by make up in the same run where it was paused', async () => {
    const before = await record();
    const names = [
      'client',
      'http',
      'echo',
      'capture-server',
      'capture-client',
      'server-host',
      'client-host',
    ];
    expect(await lab.docker('pause', ...names.map((service) => lab.nameOf(service)))).toMatchObject({
      code: 0,
    });
    const { code, stdout } = await make('status');
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/^PROBLEM +hosts +capture-client is paused$/m);
    expect(await make('up')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('wirelab: repairing the lab: unpause '),
    });
    expect((await make('status')).stdout).toMatch(/^ok +hosts /m);
    expect(await record()).toBe(before);
  });

  test.each(['client-host', 'server-host'])('goes on by make up where %s was disconnected', async (host) => {
    const before = await record();
    const network = `${lab.settings.COMPOSE_PROJECT_NAME}_lab`;
    await lab.docker('network', 'disconnect', '--force', network, lab.nameOf(host));
    for (const target of ['status', 'doctor']) {
      const { code, stdout } = await make(target);
      expect(code).not.toBe(0);
      expect(stdout).toMatch(
        new RegExp(`^PROBLEM +hosts +.*${host} was disconnected from ${network}$`, 'ms'),
      );
    }
    expect(await make('up')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`wirelab: repairing the lab: connect ${host} to ${network}`),
    });
    expect((await make('status')).stdout).toMatch(/^ok +hosts /m);
    expect((await record()).split('\n')[0]).toBe(before.split('\n')[0]);
    expect(await lab.echo('--protocol', 'tcp', '--message', 'Hey')).toMatchObject({ code: 0 });
  });

  test('has unhealthy servers where they are off the network', async () => {
    await lab.docker('restart', '--time', '1', lab.nameOf('server-host'));
    for (const service of ['http', 'echo']) {
      const health = ['inspect', '--format', '{{.State.Health.Status}}', lab.nameOf(service)];
      await eventually(
        `${service} unhealthy`,
        120_000,
        async () => (await lab.docker(...health)).stdout.trim() === 'unhealthy',
      );
    }
  });
});
