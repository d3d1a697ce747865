import { appendFile, chmod, copyFile, cp, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { chosenWay, type Ended, ownSettings, remove, type Settings } from './lab.ts';
import { MadeLab, make, tls } from './made.ts';
import { portSetting, tagOf } from './way.ts';

const lab = new MadeLab();

describe('in a lab that is up', () => {
  let up: Ended;

  beforeAll(async () => {
    await lab.begin();
    up = await make({ ...lab.settings, LAB_SEED: '' }, 'up', 'NAME=first-try');
  });
  afterAll(lab.end);

  test('a seed is drawn when none is given', () => {
    expect(up.code).toBe(0);
    expect(up.stdout).toMatch(/seed {9}([0-9a-f]{8}) \(drawn; to repeat this run: LAB_SEED=\1 make up\)/);
  });

  test('the run has the name that it was given, and keeps it', async () => {
    const { code, stdout } = await lab.run('runs');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^ {2}files +began \(UTC\) +name +seed +requests +messages +datagrams +captures$/m,
    );
    expect(stdout).toMatch(/^ {2}\S+ +[0-9-]+ [0-9:]+ +first-try +[0-9a-f]{8} +\d+ +\d+ +\d+ +\d+ kB$/m);
    expect(await lab.run('up', 'NAME=another')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('NAME is "another", and the present run is called first-try'),
    });
    expect((await lab.run('up', 'NAME=a b')).stderr).toContain('NAME is "a b"; allowed: up to 40 letters');
  });

  test('a client that gives up is no error of make', async () => {
    expect(await lab.run('faults', 'ECHO=script:loss')).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await lab.run('echo', 'MSG=Hey', 'RETRIES=1', ...tls);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('Error') });
    expect(stdout).toContain('[CLIENT] Attempts: 1\n');
    expect(stdout).not.toContain('Received valid reply');
  });

  test('an interrupted make without a terminal ends its client', async () => {
    const client = `${lab.settings.COMPOSE_PROJECT_NAME}-client-1`;
    const script = `setsid env --default-signal=INT make --silent balance REQUESTS=10000 >/dev/null 2>&1 &
      until docker exec ${client} ps ax | grep -q 'client balance'; do sleep 0.1; done
      kill -INT -$!; wait $!`;
    expect((await lab.command('bash', '-c', script)).code).toBe(130);
    await eventually('the end of the client', 30_000, async () => {
      const { stdout } = await lab.command('docker', 'exec', client, 'ps', 'ax');
      return stdout.includes('PID') && !stdout.includes('client balance');
    });
  });

  test('make faults changes both servers or neither, and make echo shows it', async () => {
    const status = async () =>
      (await lab.run('faults')).stdout.split('\n').filter((line) => line.includes('seed'));

    const changed = await lab.run('faults', 'ECHO=script:loss,none', 'HTTP=none', 'SEED=alice');
    expect(changed.code).toBe(0);
    const before = await status();
    expect(before).toEqual([
      'http: none, seed alice, next draw 1',
      'echo-tcp: script:loss,none, seed alice, next draw 1',
      'echo-udp: script:loss,none, seed alice, next draw 1',
    ]);
    for (const refused of [
      ['ECHO=loss=2', 'HTTP=403=1'],
      ['ECHO=none', 'HTTP=404=1'],
      ['ECHO_UDP=reset=1', 'SEED=bob'],
    ]) {
      expect((await lab.run('faults', ...refused)).code).toBe(2);
    }
    expect(await status()).toEqual(before);

    const where = `${lab.settings.LAB_SERVER_ADDRESS}:${lab.settings[portSetting(chosenWay, 'echo')]}`;
    const tag = tagOf('Hey', lab.settings.LAB_TOKEN);
    const short = chosenWay === 'token' ? `${tag.slice(0, 20)}…` : tag;
    const { code, stdout } = await lab.run('echo', 'MSG=Hey', ...tls);
    expect({ code, lines: stdout.trimEnd().split('\n') }).toEqual({
      code: 0,
      lines: [
        `[CLIENT] Connected to ${where} via TCP${chosenWay === 'tls' ? ', encrypted by TLSv1.3' : ''}`,
        `[CLIENT] Message is ready to send: (Hey|${tag})`,
        '[CLIENT] Attempts: 1',
        '[CLIENT] Message received: error_code',
        '[CLIENT] Invalid format (possible attack)',
        '[CLIENT] Attempts: 2',
        `[CLIENT] Message received: Hey|${tag}`,
        `[CLIENT] Current: ${short} & Original: ${short}`,
        '[CLIENT] Received valid reply: Hey',
        '[CLIENT] Connection closed',
      ],
    });
  });

  test.each([
    [['send', 'TEXT=Hey', 'WINDOW=many'], 'WINDOW is "many"; allowed: a whole number from 1 to 256'],
    [['send', 'TEXT=Hey', 'MODE=gbn'], 'MODE is "gbn"; allowed: stop-and-wait, go-back-n, selective-repeat'],
    [['send'], 'nothing to send: give FILE, COUNT or TEXT'],
    [['echo', 'MSG=Hey', 'RETRIES=0'], 'RETRIES is "0"; allowed: a whole number from 1 to 1000'],
    [['faults', 'ECHO_UDP=reset=1'], 'ECHO_UDP: "reset=1" names no fault; allowed: loss, '],
    [['faults', 'HTTP=404=1'], 'HTTP: "404=1" names no outcome; allowed: timeout, '],
    [['inspect', 'LAST=0'], 'LAST is "0"; allowed: a whole number from 1 to 999999999'],
    [['inspect', 'ENTRIES=1', 'LAST=1'], 'LAST can not be combined with ENTRIES; give one of them'],
  ])('make %j is refused with the names that were typed', async (args, message) => {
    const { code, stderr } = await lab.run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/--|Usage/);
  });

  test('make up refuses to move it, and it continues', async () => {
    const elsewhere = {
      LAB_SUBNET: '10.0.0.0/8',
      LAB_CLIENT_ADDRESS: lab.settings.LAB_CLIENT_ADDRESS!.replace(/\d+$/, '99'),
      ECHO_PORT: '9',
      LAB_CAPTURES_DIR: `${lab.settings.LAB_CAPTURES_DIR}/other`,
    };
    for (const [name, value] of Object.entries(elsewhere)) {
      const { code, stderr } = await lab.make('up', { [name]: value });
      expect(code).toBe(2);
      expect(stderr).toContain(`${name} is "${value}"; allowed while this lab is up: ${lab.settings[name]}`);
    }
    expect((await lab.run('faults')).code).toBe(0);
  });

  test('a second lab with its captures folder is refused, and does not touch its files', async () => {
    const other = { ...(await ownSettings()), LAB_CAPTURES_DIR: lab.settings.LAB_CAPTURES_DIR! };
    const files = async () => {
      const names = (await readdir(lab.settings.LAB_CAPTURES_DIR!))
        .filter((name) => !name.startsWith('.'))
        .sort();
      return Promise.all(
        names.map(async (name) => [name, (await stat(join(lab.settings.LAB_CAPTURES_DIR!, name))).ino]),
      );
    };
    try {
      const before = await files();
      const { code, stderr } = await make(other, 'up');
      expect(code).toBe(2);
      expect(stderr).toContain('another lab that is up writes to this captures folder');
      expect(await files()).toEqual(before);
      expect((await lab.make('status')).stdout).toMatch(/^ok +capture /m);
    } finally {
      await remove(other);
    }
  });

  test('make inspect reads the packets of the lab, wherever its folder is', async () => {
    const unset = ['env', '--unset=LAB_CAPTURES_DIR'] as const;
    await lab.run('balance', 'REQUESTS=1', 'TIMEOUT=1', ...tls);
    const { code, stdout } = await lab.command(...unset, 'make', '--silent', 'inspect', 'JSON=1');
    expect(code).toBe(0);
    expect(stdout).toContain(lab.settings.LAB_SERVER_ADDRESS);
    const again = await lab.command(...unset, 'make', '--silent', 'up');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('LAB_CAPTURES_DIR stays') });
  });

  test('the message is sent as it was typed, and a reader that ends early is no error', async () => {
    const typed = `it's $5 $(shell id) "q"  `;
    const { stdout } = await lab.run('echo', `MSG=${typed}`, ...tls);
    expect(stdout).toContain(`Message is ready to send: (${typed}|`);
    const firstOf = (target: string) =>
      lab.command('bash', '-c', `set -o pipefail; make --silent ${target} | head -n 1`);
    for (const target of ['inspect', 'status', 'balance REQUESTS=1', 'doctor'])
      expect(await firstOf(target)).toMatchObject({ code: 0, stderr: '' });
    // A program notices that its reader has ended when it prints again. The echo server prints at each message.
    let ended: Ended | undefined;
    const logs = firstOf('logs').then((result) => {
      ended = result;
    });
    await eventually('make logs ends after its reader has ended', 60_000, async () => {
      await lab.run('echo', 'MSG=Hey', ...tls);
      return ended !== undefined;
    });
    await logs;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('a capture is read from any path, and refused with the name that was typed', async () => {
    const folder = join(lab.settings.LAB_CAPTURES_DIR!, 'lab 10:30, "mine"');
    await mkdir(folder);
    const capture = join(folder, 'x:y,z.pcap');
    await copyFile(join(lab.settings.LAB_CAPTURES_DIR!, 'server.pcap'), capture);
    await chmod(capture, 0o600);
    const link = join(folder, 'link.pcap');
    await symlink('x:y,z.pcap', link);
    for (const path of [capture, link]) {
      const { code, stdout } = await lab.run('inspect', `CAPTURE=${path}`, 'LAST=1');
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Exposed in plain text') });
    }
    const bad = join(folder, 'bad.pcap');
    await writeFile(bad, 'no capture');
    for (const path of [bad, folder, join(folder, 'none')]) {
      const { code, stderr } = await lab.run('inspect', `CAPTURE=${path}`);
      expect(code).toBe(2);
      expect(stderr).toContain(`${path === bad ? 'bad.pcap' : path}"`);
      expect(stderr).not.toContain('/given');
    }
  });

  test('another clone does not touch it, and the cure starts a second lab beside it', async () => {
    const clone = join(lab.settings.LAB_CAPTURES_DIR!, 'clone');
    await mkdir(clone);
    const files = [
      'Makefile',
      '.env',
      '.dockerignore',
      'package.json',
      'package-lock.json',
      'docker-compose.yml',
    ];
    for (const name of [...files, 'setup', 'services', 'client', 'analysis', 'lib', 'dissector'])
      await cp(name, join(clone, name), { recursive: true });
    const there = (own: Settings, ...args: string[]) => make(own, '-C', clone, ...args);
    const targets = [
      'up',
      'down',
      'clean',
      'certs',
      'status',
      'logs',
      'doctor',
      'demo',
      'shell',
      'faults',
      'echo MSG=a',
      'inspect LIVE=1',
    ];
    let words = '';
    for (const target of targets) {
      const { code, stderr } = await there(lab.settings, ...target.split(' '));
      expect(code).toBe(2);
      words = stderr;
      expect(stderr).toContain(
        `the lab ${lab.settings.COMPOSE_PROJECT_NAME} was started in ${process.cwd()}`,
      );
    }
    // It has its own captures, or none.
    const { LAB_CAPTURES_DIR: _, ...settings } = lab.settings;
    for (const target of ['inspect', 'annotate', 'report']) {
      const { code, stderr } = await there(settings, target);
      expect(code).toBe(2);
      expect(stderr).toContain(`there are no captures, because there is no folder ${clone}/captures`);
    }
    const lines = words.match(/^ {4}[A-Z_]+=.*$/gm)!.join('\n');
    await appendFile(join(clone, '.env'), `\n${lines}\n`);
    const project = /COMPOSE_PROJECT_NAME=(.*)/.exec(lines)![1]!;
    const own = { LAB_IMAGES: lab.settings.LAB_IMAGES!, LAB_CAPTURES_DIR: join(clone, 'captures') };
    try {
      expect(await there(own, 'up')).toMatchObject({ code: 0, stderr: '' });
      expect(await there(own, 'faults', 'ECHO=none')).toMatchObject({ code: 0 });
      expect(await there(own, 'down')).toMatchObject({ code: 0 });
    } finally {
      await remove({ ...own, COMPOSE_PROJECT_NAME: project });
    }
    expect((await lab.run('faults')).code).toBe(0);
  });

  test('make echo and make balance use TLS, also with the certificates of make certs', async () => {
    expect(await lab.run('faults', 'ECHO=none', 'HTTP=none')).toMatchObject({ code: 0 });
    const address = `${lab.settings.LAB_SERVER_ADDRESS}:${lab.settings.ECHO_TLS_PORT}`;
    const echo = await lab.run('echo', 'MSG=Hey', 'TLS=1');
    expect(echo).toMatchObject({ code: 0, stdout: expect.stringContaining('Received valid reply: Hey\n') });
    expect(echo.stdout).toContain(`Connected to ${address} via TCP, encrypted by TLSv1.3\n`);
    const refused = await lab.run('echo', 'MSG=Hey', 'TLS=1.2');
    expect(refused.stdout).toBe(
      `[CLIENT] Connection error: ${address} does not accept this version of TLS (LAB_TLS_MIN)\n`,
    );

    // The certificates are for the running lab, whatever the settings are now.
    const certs = await lab.make('certs', { LAB_SERVER_ADDRESS: lab.settings.LAB_CLIENT_ADDRESS! });
    expect({ code: certs.code, stdout: certs.stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^certificates made:\n {4}the CA\n/),
    });
    const balance = () => lab.run('balance', 'TLS=1', 'REQUESTS=1', 'INTERVAL=0');
    // The servers read the new certificates soon, clients at once.
    const answered = await eventually('a response over TLS', 120_000, async () => {
      const ended = await balance();
      return ended.stdout.includes('status code: 200') && ended;
    });
    expect(answered.stdout).toMatch(/^\/getbalance response status code: 200\nLogs:\n.*"tls":"TLSv1.3"/s);
  });

  test('a foreign container on its network is named when the lab ends', async () => {
    const guest = `${lab.settings.COMPOSE_PROJECT_NAME}-guest`;
    const network = `${lab.settings.COMPOSE_PROJECT_NAME}_lab`;
    const image = `${lab.settings.LAB_IMAGES}/programs`;
    // Its image has the label of the project that built it.
    const label = 'com.docker.compose.project=another';
    const start = ['run', '--detach', '--rm', '--label', label, '--name', guest, '--network', network, image];
    expect(await lab.command('docker', ...start, 'sleep', '600')).toMatchObject({ code: 0 });
    try {
      const { code, stderr } = await lab.run('down');
      expect(code).toBe(2);
      expect(stderr).toContain(`its network ${network} stays, because other containers are on it: ${guest}`);
      const cure = /cure: (.*)/.exec(stderr)![1]!;
      expect(await lab.command('sh', '-c', cure)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('wirelab: no lab is up\n'),
      });
      expect(await lab.left()).toBe('');
    } finally {
      await lab.docker('rm', '--force', guest);
    }
  });

  test('make up tells who is refused, and does not print secrets', async () => {
    const { code, stdout } = await lab.make('up', {
      LAB_TOKEN: 'secret=',
      LAB_BASIC: 'me:hidden',
      LAB_MTLS: '1',
      ECHO_MODE: 'sink',
    });
    expect(code).toBe(0);
    for (const name of ['LAB_TOKEN', 'LAB_BASIC', 'LAB_MTLS', 'ECHO_MODE=sink'])
      expect(stdout).toContain(`${name}: `);
    expect(stdout).not.toMatch(/secret|hidden/);
  });
});
