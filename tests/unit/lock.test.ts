import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readlinkSync, symlinkSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { eventually } from '../eventually.ts';
import { inSetup } from './setup-shell.ts';

const project = (name: string) => `wirelab-test-lock-${process.pid}-${name.toLowerCase()}`;
const lockOf = (name: string) => `/tmp/wirelab-${name}.lock`;
const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** A script in setup/ that has the lock until its input ends. */
function holder(name: string) {
  const script = ". setup/lib.sh\nlock_lab 'make up'\necho locked\nread -r line || true";
  const child = spawn('sh', ['-euc', script, 'setup/test.sh'], {
    env: { ...process.env, COMPOSE_PROJECT_NAME: name, LAB_LOCKED: '' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return child;
}

test('one at a time has the lock of a lab, and others say who has it', async () => {
  const name = project('wait');
  const first = holder(name);
  await once(first.stdout, 'data');
  const second = spawn('sh', ['-euc', ". setup/lib.sh\nlock_lab 'make down'\necho in", 'setup/test.sh'], {
    env: { ...process.env, COMPOSE_PROJECT_NAME: name },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [words] = await once(second.stderr, 'data');
  expect(String(words)).toBe(
    `wirelab: waiting until make up (process ${first.pid}) has finished with this lab\n`,
  );
  // Another lab does not wait.
  expect(inSetup("lock_lab 'make up'; echo in", { COMPOSE_PROJECT_NAME: project('other') }).stdout).toBe(
    'in\n',
  );
  first.stdin.end();
  const [said] = await once(second.stdout, 'data');
  expect(String(said)).toBe('in\n');
  await once(second, 'close');
  expect(isThere(lockOf(name))).toBe(false);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s gives it back', async (signal) => {
  const name = project(signal);
  const child = holder(name);
  await once(child.stdout, 'data');
  expect(readlinkSync(lockOf(name))).toMatch(new RegExp(`^${child.pid}:\\d+:make up$`));
  child.kill(signal);
  child.stdin.end();
  await once(child, 'close');
  expect(isThere(lockOf(name))).toBe(false);
});

test('a lock that a killed process left is taken over, also where its number is used again', async () => {
  const name = project('killed');
  const child = holder(name);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(isThere(lockOf(name))).toBe(true);
  const lock = "lock_lab 'make up'; echo in";
  expect(inSetup(lock, { COMPOSE_PROJECT_NAME: name })).toEqual({ status: 0, stdout: 'in\n', stderr: '' });

  symlinkSync(`${process.pid}:1:make up`, lockOf(name));
  expect(inSetup(lock, { COMPOSE_PROJECT_NAME: name })).toEqual({ status: 0, stdout: 'in\n', stderr: '' });
  expect(isThere(lockOf(name))).toBe(false);
});

test('many at once have it one after another', async () => {
  const name = project('many');
  const script =
    '. setup/lib.sh\nlock_lab "make up"\nmkdir "/tmp/$COMPOSE_PROJECT_NAME"\nsleep 0.02\nrmdir "/tmp/$COMPOSE_PROJECT_NAME"';
  symlinkSync('999999999:1:make up', lockOf(name));
  const ended = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const child = spawn('sh', ['-euc', script, 'setup/test.sh'], {
        env: { ...process.env, COMPOSE_PROJECT_NAME: name },
        stdio: 'ignore',
      });
      return (await once(child, 'close'))[0];
    }),
  );
  expect(ended).toEqual(Array(8).fill(0));
  await eventually('the lock is given back', 5_000, async () => !isThere(lockOf(name)));
});

test('what a script with the lock starts does not wait for it', () => {
  const code = `lock_lab 'make demo'
    sh -euc '. setup/lib.sh; lock_lab "make up"; echo inner' setup/test.sh
    [ -L "$lock" ] && echo outer`;
  expect(inSetup(code, { COMPOSE_PROJECT_NAME: project('inner') }).stdout).toBe('inner\nouter\n');
});

test.each([
  ['', ''],
  ['unix:///var/run/docker.sock', ''],
  ['unix:///run/user/1000/docker.sock', '-[0-9]+'],
])('labs of the engine at %j have a lock by %j', (engine, part) => {
  const { stdout } = inSetup('lock_of_lab', { DOCKER_HOST: engine });
  expect(stdout).toMatch(new RegExp(`^/tmp/wirelab-wirelab-test-shell${part}\\.lock\\n$`));
});

test('the engines of two people have locks of their own', () => {
  const [one, other] = [1000, 1001].map(
    (uid) => inSetup('lock_of_lab', { DOCKER_HOST: `unix:///run/user/${uid}/docker.sock` }).stdout,
  );
  expect(one).not.toBe(other);
});
