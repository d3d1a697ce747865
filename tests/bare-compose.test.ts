import { cp, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment } from 'testcontainers';
import { command, ownSettings, remove, type Settings } from './lab.ts';

const root = join(import.meta.dirname, '..');
const HOSTS = ['server-host', 'client-host'];
const PROGRAMS = ['http', 'echo', 'client', 'capture-server', 'capture-client', 'certificates'];

/** What somebody sets who has another lab up already: everything else is as in .env. */
const elsewhere = [
  ...['COMPOSE_PROJECT_NAME', 'LAB_SUBNET', 'LAB_SERVER_ADDRESS', 'LAB_CLIENT_ADDRESS'],
  ...['HTTP_PORT', 'HTTPS_PORT', 'ECHO_PORT', 'ECHO_TLS_PORT', 'LIVE_PORT', 'LIVE_CLASS_PORT'],
];

/** Copies the project into a folder that is to belong to a user, as a clone of hers. */
async function cloneInto(folder: string, uid: number): Promise<void> {
  const left = /^(node_modules|\.git|captures\/.*|isolate.*)$/;
  await cp(root, folder, { recursive: true, filter: (path) => !left.test(relative(root, path)) });
  await mkdir(join(folder, 'captures'), { recursive: true });
  await command({}, 'chown', '-R', `${uid}:${uid}`, folder);
  // As mkdtemp makes it.
  await command({}, 'chmod', '700', join(folder, 'captures'));
}

/** Root tries it as both; anybody else as herself. */
const own = process.getuid!();
const users = own === 0 ? [0, 1234] : [own];

describe.each(users)('docker compose without make, as user %d', (uid) => {
  let settings: Settings;
  let clone: string;
  let captures: string;
  let up: Awaited<ReturnType<typeof command>>;

  /** A command of that user, who may talk to the engine, in the clone. */
  const run = async (...args: string[]) => {
    const { gid } = await stat('/var/run/docker.sock');
    const become =
      uid === own ? [] : ['setpriv', '--reuid', `${uid}`, '--regid', `${uid}`, '--groups', `${gid}`];
    const line = ['env', '--chdir', clone, `HOME=${clone}`, ...become, ...args];
    return command(settings, line[0]!, ...line.slice(1));
  };
  const compose = (...args: string[]) => run('docker', 'compose', ...args);
  const ids = async () => (await compose('ps', '--all', '--quiet')).stdout.split('\n').sort();
  const record = async () => (await readFile(join(captures, 'lab.log'), 'utf8')).split('\n');
  const begun = async () => JSON.parse((await record())[0]!);
  const answers = () =>
    compose('exec', '-T', 'client', 'curl', '-fsS', `http://server-host:${settings.HTTP_PORT}/getlogs`);
  const modes = async (folder: string) => {
    const names = (await readdir(folder)).filter((name) => /pcap|log|keys/.test(name));
    const files = names.sort().map(async (name) => {
      const { uid: owner, mode } = await stat(join(folder, name));
      return [name, owner, (mode & 0o777).toString(8)];
    });
    return Promise.all(files);
  };
  const whole = [
    ['client.pcap', uid, '644'],
    ['echo.log', uid, '664'],
    ['http.log', uid, '664'],
    ['lab.log', uid, '664'],
    ['server.pcap', uid, '644'],
    ['tls.keys', uid, '660'],
  ];

  beforeAll(async () => {
    const all = await ownSettings();
    // Images are built here, with names of their own whatever this machine has set.
    settings = { ...Object.fromEntries(elsewhere.map((name) => [name, all[name]!])), LAB_IMAGES: '' };
    clone = all.LAB_CAPTURES_DIR!;
    captures = join(clone, 'captures');
    await cloneInto(clone, uid);
    up = await compose('up', '--detach', '--build', '--wait');
  });
  afterAll(async () => {
    await remove(settings);
    const { stdout } = await command({}, 'docker', 'image', 'ls', '--format', '{{.Repository}}:{{.Tag}}');
    const built = stdout.split('\n').filter((name) => name.startsWith(`${settings.COMPOSE_PROJECT_NAME}/`));
    await command({}, 'docker', 'image', 'rm', ...built);
  });

  test('up --build --wait is well, with the files of a run that belong to the user', async () => {
    expect(up).toMatchObject({ code: 0 });
    expect(await modes(captures)).toEqual(whole);
    expect(await answers()).toMatchObject({ code: 0, stdout: '[]' });
  });

  test('both servers draw by one seed', async () => {
    const { drawn_seed: seed } = await begun();
    const seeds = (await record()).flatMap((line) => line.match(/"seed":"[^"]*"/g) ?? []);
    expect(new Set(seeds)).toEqual(new Set([`"seed":"${seed}"`]));
    expect(seeds).toHaveLength(3);
  });

  test('no other up starts a container again: of a service, with --build, or by make', async () => {
    const before = await ids();
    for (const more of [['http'], ['client'], ['--build', '--wait'], []]) {
      expect(await compose('up', '--detach', ...more)).toMatchObject({ code: 0 });
      expect(await ids()).toEqual(before);
    }
    expect(await run('make', '--silent', 'up')).toMatchObject({ code: 0 });
    expect(await compose('up', '--detach', 'http')).toMatchObject({ code: 0 });
    expect(await ids()).toEqual(before);
  });

  test.each([[['restart', 'http']], [['restart', 'server-host']], [['restart']], [['stop'], ['start']]])(
    '%j continues the run',
    async (...lines) => {
      const before = await begun();
      for (const line of lines) expect(await compose(...line)).toMatchObject({ code: 0 });
      expect(await compose('up', '--detach', '--wait')).toMatchObject({ code: 0 });
      expect(await answers()).toMatchObject({ code: 0 });
      // A packet may have passed while no capture ran, which is another row.
      expect((await run('make', '--silent', 'status')).stdout).toMatch(/^ok +hosts /m);
      expect(await begun()).toEqual(before);
      expect(await readdir(captures)).not.toContain('archive');
    },
  );

  test('down and up begin a new run, and the earlier one is in the archive', async () => {
    const { container } = await begun();
    expect(await compose('down')).toMatchObject({ code: 0 });
    expect(await compose('up', '--detach', '--wait')).toMatchObject({ code: 0 });
    const next = await begun();
    expect(next.container).not.toBe(container);
    expect(await modes(captures)).toEqual(whole);
    expect(await modes(join(captures, next.archived))).toEqual(expect.arrayContaining(whole));
    expect(await answers()).toMatchObject({ code: 0, stdout: '[]' });
  });
});

describe('testcontainers on the plain file, told nothing', () => {
  let settings: Settings;
  let lab: StartedDockerComposeEnvironment;

  beforeAll(async () => {
    settings = await ownSettings();
    // On a machine that is itself a container it would look for the ports at the machine's gateway.
    process.env.TESTCONTAINERS_HOST_OVERRIDE = '127.0.0.1';
    lab = await new DockerComposeEnvironment(root, 'docker-compose.yml')
      .withProjectName(settings.COMPOSE_PROJECT_NAME!)
      .withEnvironment(settings)
      // That takes an image from a registry.
      .withAutoCleanup(false)
      .up();
  });
  afterAll(() => remove(settings));

  test('gets a lab that answers', async () => {
    for (const service of [...HOSTS, ...PROGRAMS]) expect(lab.getContainer(`${service}-1`)).toBeDefined();
    const url = `http://server-host:${settings.HTTP_PORT}/getlogs`;
    const { exitCode } = await lab.getContainer('client-1').exec(['curl', '-fsS', url]);
    expect(exitCode).toBe(0);
  });
});
