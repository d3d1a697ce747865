import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Settings } from './lab.ts';
import { MadeLab, make, tls } from './made.ts';

const lab = new MadeLab();

describe('make up and make down', () => {
  beforeEach(lab.begin);
  afterEach(lab.end);

  test('begin a run, end it with complete files, and archive it when the next one begins', async () => {
    const soon = { HTTP_TIMEOUT_SECONDS: '0' };
    const outcomes = async () => {
      const args = ['balance', 'REQUESTS=20', 'TIMEOUT=5', 'INTERVAL=0', ...tls];
      const { stdout } = await lab.run(...args);
      expect(stdout).toMatch(/^(\/getbalance [^\n]+\n){20}Logs:\n\[\{.*\}\]\n$/s);
      return stdout.split('\n').slice(0, 20);
    };

    const up = await make({ ...lab.settings, ...soon }, 'up', 'NAME=first');
    expect(up).toMatchObject({ code: 0, stderr: '' });
    expect(up.stdout).toContain(`server host  ${lab.settings.LAB_SERVER_ADDRESS}`);
    expect(up.stdout).toContain('seed         alice (LAB_SEED)');
    expect(up.stdout).toContain('Next: make balance');

    // The same seed gives the same, with or without an end in between.
    const first = await outcomes();
    expect(await lab.make('up', soon)).toMatchObject({ code: 0 });
    expect(await outcomes()).toEqual(first);

    const down = await lab.make('down');
    expect(down.stdout).toMatch(/server\.pcap {2}[1-9]\d* packets captured, 0 dropped by the kernel/);
    expect(down.stdout).toMatch(/client\.pcap {2}[1-9]\d* packets captured, 0 dropped by the kernel/);
    expect(await lab.left()).toBe('');

    expect(await lab.make('up', soon)).toMatchObject({ code: 0, stderr: '' });
    expect(await outcomes()).toEqual(first);
    const [archived] = await readdir(join(lab.settings.LAB_CAPTURES_DIR!, 'archive'));
    expect(archived).toMatch(/Z-first$/);
    const files = await readdir(join(lab.settings.LAB_CAPTURES_DIR!, 'archive', archived!));
    expect(files.sort()).toEqual([
      'client.pcap',
      'echo.log',
      'http.log',
      'lab.log',
      'server.pcap',
      'tls.keys',
    ]);
    for (const file of ['client.pcap', 'server.pcap', 'http.log', 'echo.log', 'archive']) {
      expect((await stat(join(lab.settings.LAB_CAPTURES_DIR!, file))).uid).toBe(process.getuid?.());
    }

    // make up without a seed changes nothing: the same containers, and their seed.
    const containers = await lab.left();
    const again = await lab.make('up', { ...soon, LAB_SEED: '' });
    expect(again.stdout).toMatch(/seed {9}alice \(as before\)/);
    expect(await lab.left()).toBe(containers);

    // A setting that the programs refuse changes nothing either: a lab in use continues.
    const refused = await lab.make('up', { HTTP_FAULTS: 'timeout=2' });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('HTTP_FAULTS is "timeout=2"; "timeout=2" has no valid probability');
    expect(await lab.left()).toBe(containers);
  });

  test('tell when there is nothing to end', async () => {
    const { code, stdout } = await lab.make('down');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'wirelab: no lab is up\n' });
  });
});

describe('without a lab', () => {
  const run = (line: string) => lab.run(...line.split(' '));

  beforeAll(lab.begin);
  afterAll(lab.end);

  test.each([
    ['echo MESSAGE=Hey', /make echo takes no MESSAGE; allowed: .* MSG= .*; settings count at make up/],
    ['faults LAB_SEED=bob', /make faults takes no LAB_SEED; allowed: .* SEED=; settings count at make up/],
    ['echo Hey', /there is no target Hey; make alone lists them, and a value is typed as NAME=value/],
    ['send TLS=1', /make send takes no TLS; allowed: .* TEXT= /],
    ['status LAB_SEDE=alice', /make status takes no LAB_SEDE; allowed: the settings of \.env/],
    ['echo TLS=2', /TLS is "2"; allowed: 0, 1, 1\.2, 1\.3/],
    ['inspect FOLLOW=yes', /FOLLOW is "yes"; allowed: 0, 1/],
    ['inspect KEYS=2', /KEYS is "2"; allowed: 0, 1/],
    ['inspect LIVE=1 ENTRIES=1', /ENTRIES can not be combined with LIVE; give one of them/],
    ['inspect COMPARE=1 CAPTURE=client', /CAPTURE can not be combined with COMPARE; give one of them/],
  ])('make %s is refused before anything is done', async (line, message) => {
    const { code, stdout, stderr } = await run(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test.each(['status LAB_SEED=alice', 'logs'])('make %s tells that no lab is up', async (line) => {
    const said = 'wirelab: the lab is down; make up starts it\n';
    expect(await run(line)).toEqual({ code: 0, stdout: said, stderr: '' });
  });
});

describe('make up refuses, with a cure and without leaving anything', () => {
  beforeEach(lab.begin);
  afterEach(lab.end);

  const refuses = async (overrides: Settings, ...messages: string[]) => {
    const { code, stderr } = await lab.make('up', overrides);
    expect(code).toBe(2);
    for (const message of messages) expect(stderr).toContain(message);
    expect(await lab.left()).toBe('');
  };

  test('a wrong fault profile, and the files of the last run stay where they are', async () => {
    const journal = join(lab.settings.LAB_CAPTURES_DIR!, 'http.log');
    await writeFile(journal, 'the run before');
    await refuses(
      { HTTP_FAULTS: 'timeout=0.9,403=0.9,404=0' },
      'HTTP_FAULTS is "timeout=0.9,403=0.9,404=0"; "404=0" names no outcome; allowed: timeout, 403, 500, or none alone',
      'the probabilities add up to 1.8; allowed: at most 1',
      'the lab did not start',
    );
    expect(await readFile(journal, 'utf8')).toBe('the run before');
    expect(await readdir(lab.settings.LAB_CAPTURES_DIR!)).toEqual(['archive', 'http.log']);
  });

  test('settings that can not work, all at once', () =>
    refuses(
      { HTTP_PORT: '99999', ECHO_PORT: '0', LAB_CAPTURE_FILES: 'abc', LAB_CLIENT_ADDRESS: '10.1.2.3' },
      'HTTP_PORT is "99999"; allowed: a whole number from 1 to 65535',
      'ECHO_PORT is "0"; allowed: a whole number from 1 to 65535',
      'LAB_CAPTURE_FILES is "abc"; allowed: a whole number from 1 to 1000000',
      `LAB_CLIENT_ADDRESS is "10.1.2.3"; allowed: an address of ${lab.settings.LAB_SUBNET}`,
    ));

  test('an engine that does not respond', async () => {
    const engine = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    await refuses(
      engine,
      'no Docker engine answers at DOCKER_HOST',
      'cure: start that engine, or unset DOCKER_HOST',
    );
    for (const line of [
      'down',
      'status',
      'logs',
      'shell',
      'echo MSG=a',
      'faults',
      'clean',
      'certs',
      'demo',
    ]) {
      const { stderr } = await make({ ...lab.settings, ...engine }, ...line.split(' '));
      expect(stderr).toContain('no Docker engine answers at DOCKER_HOST, unix:///nowhere');
    }
    const doctor = await lab.make('doctor', engine);
    expect(doctor.code).not.toBe(0);
    expect(doctor.stdout).toMatch(/^PROBLEM +engine +no Docker engine answers at DOCKER_HOST/m);
  });

  test('a port that is taken', async () => {
    const { promise, resolve } = Promise.withResolvers<Server>();
    const server = createServer().listen(Number(lab.settings.HTTP_PORT), '127.0.0.1', () => resolve(server));
    await promise;
    try {
      await refuses({}, `${lab.settings.HTTP_PORT}/tcp is taken by another program`, 'cure: ');
    } finally {
      server.close();
    }
  });

  test('a captures folder that is a file, or that can not be made', async () => {
    const file = join(lab.settings.LAB_CAPTURES_DIR!, 'file');
    await writeFile(file, '');
    await refuses({ LAB_CAPTURES_DIR: file }, `${file} is not a folder`, 'cure: another folder');
    await refuses({ LAB_CAPTURES_DIR: '/proc/none' }, '/proc/none is not a folder', 'cure: another folder');
  });

  test('a subnet of another Docker network', async () => {
    const network = `${lab.settings.COMPOSE_PROJECT_NAME}-other`;
    await lab.docker(
      'network',
      'create',
      '--subnet',
      lab.settings.LAB_SUBNET!.replace('0.0/16', '28.0/24'),
      network,
    );
    try {
      await refuses(
        {},
        `${lab.settings.LAB_SUBNET} overlaps the Docker network ${network}`,
        `cure: docker network rm ${network}`,
      );
      const doctor = await lab.make('doctor');
      expect(doctor.code).not.toBe(0);
      expect(doctor.stdout).toMatch(new RegExp(`PROBLEM +subnet +.* overlaps the Docker network ${network}`));
      expect(doctor.stdout).toMatch(/^ok +engine +Docker \d/m);

      // A network with a container must not be removed.
      const busy = `${network}-1`;
      await lab.docker(
        'create',
        '--name',
        busy,
        '--network',
        network,
        `${lab.settings.LAB_IMAGES}/programs`,
        'true',
      );
      const { stdout } = await lab.make('doctor');
      expect(stdout).toMatch(/cure: another network: LAB_SUBNET=/);
      await lab.docker('rm', busy);
    } finally {
      await lab.docker('network', 'rm', network);
    }
    const doctor = await lab.make('doctor');
    expect(doctor).toMatchObject({ code: 0, stderr: '' });
  });
});
