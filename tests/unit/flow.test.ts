import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { writeProgram } from '../write-program.ts';
import { ownFolder } from './setup-shell.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = ownFolder();
const captures = join(folder.path, 'my captures');
const log = join(captures, 'flow.log');
const calls = join(folder.path, 'calls');
afterAll(folder.remove);

/** A docker that has a lab with its receiving end, and notes what it executes. */
const docker = `#!/bin/sh
case "$1" in
    ps) for name in client-host server-host client flow $(cat '${folder.path}/more'); do printf '%s\\trunning\\t${root}\\n' "$name"; done ;;
    exec) printf '%s\\n' "$*" >>'${calls}'
        case "$*" in
            *' use '*' foo') echo 'CC is "foo"; allowed by this kernel: reno, cubic' >&2; exit 2 ;;
            *samples.sh*) echo 1796013477.936472 ;;
            *'client flow'*)
                case "$*" in *--samples*) head -n 1 >'${folder.path}/samples' ;; esac
                echo '{"event":"begin"}'; echo '[CLIENT] Flow'
                if [ -e '${folder.path}/endless' ]; then : >'${folder.path}/runs'; sleep 60; fi
                echo '{"event":"end"}'
                exit "$(cat '${folder.path}/status')" ;;
        esac ;;
    inspect) printf '%s\\n' FLOW_PORT=5299 LAB_CAPTURE_FILE_MB=50 LAB_CAPTURE_FILES=4; echo 'LAB_CAPTURES_DIR=${captures}' ;;
esac
`;

beforeEach(() => {
  rmSync(captures, { recursive: true, force: true });
  for (const name of ['calls', 'endless', 'runs']) rmSync(join(folder.path, name), { force: true });
  mkdirSync(captures);
  writeFileSync(join(folder.path, 'status'), '0');
  writeFileSync(join(folder.path, 'more'), '');
  writeProgram(join(folder.path, 'docker'), docker);
});

const env = {
  PATH: `${folder.path}${delimiter}${process.env.PATH}`,
  COMPOSE_PROJECT_NAME: 'wirelab-test-flow',
  LAB_CAPTURES_DIR: captures,
};

async function eventually(isTrue: () => boolean): Promise<void> {
  for (let look = 0; look < 500 && !isTrue(); look += 1) await new Promise((done) => setTimeout(done, 20));
  expect(isTrue()).toBe(true);
}

function makeFlow(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('sh', ['setup/flow.sh', ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  const executed = existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : [];
  return { status, stdout, stderr, executed };
}

const routes = (executed: readonly string[]) =>
  executed.filter((line) => line.includes('congestion.sh')).map((line) => line.replace(/^.*test-flow-/, ''));

describe('make flow', () => {
  test('keeps the entries in flow.log, and prints the lines', () => {
    writeFileSync(log, '{"event":"earlier"}\n');
    const { status, stdout, executed } = makeFlow('', '--megabytes', '1');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '[CLIENT] Flow\n' });
    expect(readFileSync(log, 'utf8')).toBe('{"event":"earlier"}\n{"event":"begin"}\n{"event":"end"}\n');
    expect(routes(executed)).toEqual([]);
  });

  test('with JSON=1 prints the entries', () => {
    expect(makeFlow('', '--json').stdout).toBe('{"event":"begin"}\n{"event":"end"}\n');
    expect(readFileSync(log, 'utf8')).toBe('{"event":"begin"}\n{"event":"end"}\n');
  });

  test('ends with the status of the client', () => {
    writeFileSync(join(folder.path, 'status'), '130');
    expect(makeFlow('').status).toBe(130);
  });

  test.each([
    [
      'without a limit',
      ['--seconds', '5'],
      '',
      /^wirelab: warning: there is no wire, .* keeps its newest 200 MB$/m,
    ],
    [
      'larger than a capture',
      ['--megabytes', '201'],
      'wire',
      /^wirelab: warning: this flow is larger than a capture, .* 200 MB$/m,
    ],
    ['over a wire', ['--seconds', '5'], 'wire', /^$/],
    ['that a capture holds', ['--megabytes', '200'], '', /^$/],
    ['of the default size', [], '', /^$/],
    ['with a wrong number', ['--seconds', 'x'], '', /^$/],
  ])('%s says so before, or nothing', (_which, options, more, said) => {
    writeFileSync(join(folder.path, 'more'), more);
    const { status, stderr } = makeFlow('', ...options);
    expect(status).toBe(0);
    expect(stderr).toMatch(said);
  });

  test('with CC changes the route of the sender, and puts it back also after a failure', () => {
    writeFileSync(join(folder.path, 'status'), '1');
    const { status, executed } = makeFlow('reno');
    expect(status).toBe(1);
    expect(routes(executed)).toEqual([
      'client-host-1 services/host/congestion.sh use 10.0.28.182 reno',
      'client-host-1 services/host/congestion.sh forget 10.0.28.182',
    ]);
  });

  test('with REVERSE=1 the server sends: its route is changed, and the samples come from it', () => {
    const { status, stdout, executed } = makeFlow('bbr', '--reverse');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '[CLIENT] Flow\n' });
    expect(routes(executed)[0]).toBe('server-host-1 services/host/congestion.sh use 10.0.142.133 bbr');
    expect(executed.find((line) => line.includes('samples.sh'))).toMatch(
      /flow-1 \/lab\/client\/flow\/samples.sh 10\.0\.142\.133 5299$/,
    );
    expect(readFileSync(join(folder.path, 'samples'), 'utf8')).toBe('1796013477.936472\n');
  });

  test('that is interrupted ends the client in its container, and puts the route back', async () => {
    writeFileSync(join(folder.path, 'endless'), '');
    const flow = spawn('sh', ['setup/flow.sh', 'reno'], { cwd: root, env, detached: true, stdio: 'ignore' });
    const ended = once(flow, 'exit');
    await eventually(() => existsSync(join(folder.path, 'runs')));
    // Ctrl-C reaches each process of the terminal.
    process.kill(-flow.pid!, 'SIGINT');
    expect(await ended).toEqual([130, null]);
    const executed = readFileSync(calls, 'utf8').trimEnd().split('\n');
    // exec.sh has noticed the interrupt too, and its lines may be anywhere between these.
    const killed = executed.findIndex((line) => /client-1 sh -c .*kill .* \/tmp\/flow-\d+$/.test(line));
    expect(killed).toBeGreaterThanOrEqual(0);
    expect(routes(executed.slice(killed))).toEqual([
      'client-host-1 services/host/congestion.sh forget 10.0.28.182',
    ]);
  });

  test.each([
    ['foo', /^CC is "foo"; allowed by this kernel: reno, cubic$/m],
    ['a b', /^wirelab: CC is "a b"; allowed: the name of a congestion control/],
  ])('a CC that is not there sends nothing: %s', (name, said) => {
    const { status, stderr, executed } = makeFlow(name);
    expect(status).toBe(2);
    expect(stderr).toMatch(said);
    expect(executed.filter((line) => line.includes('client flow'))).toEqual([]);
  });
});
