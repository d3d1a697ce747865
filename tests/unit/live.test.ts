import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { writeProgram } from '../write-program.ts';
import { ownFolder } from './setup-shell.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = ownFolder();
const inFolder = (name: string) => join(folder.path, name);
const archived = inFolder('an earlier run');
const captures = inFolder('captures');
afterAll(folder.remove);

const NAME = 'wirelab-test-live';

/** A docker whose containers are in files: `lab` and `played`. It notes what changes them, with the project and the run. */
const docker = `#!/bin/sh
note() { printf '%s: %s%s\\n' "$COMPOSE_PROJECT_NAME" "$*" "\${LIVE_RUN:+ of $LIVE_RUN}" >>'${inFolder('calls')}'; }
list() { for name in $(cat "$1"); do printf '%s\\trunning\\t${root}\\n' "$name"; done; }
published() { echo "\${FAKE_PORT-$LIVE_PORT}/tcp -> 127.0.0.1:\${FAKE_PORT-$LIVE_PORT}"; }
case "$*" in
    ps*'{{.State}}: '*) echo 'running: Up 1 second (healthy)' ;;
    ps*project=${NAME}-played*) list '${inFolder('played')}' ;;
    ps*project=${NAME}*) list '${inFolder('lab')}' ;;
    'version --format'*) echo 29.0.0 ;;
    'compose version'*) echo 2.40.0 ;;
    'image inspect'*) printf '%s\\n' a a b b c c ;;
    'port ${NAME}-live-1') ! grep -qw live '${inFolder('lab')}' || published ;;
    'port ${NAME}-played-live-1') ! grep -q live '${inFolder('played')}' || published ;;
    *'range .Config.Env'*) echo LIVE_VIEWERS=7; echo LAB_TOKEN=sesame ;;
    *'range .Mounts'*) echo /somewhere/work ;;
    'compose up'*) note "$*"; env | grep -E '^(LIVE_VIEWERS|LAB_TOKEN|LAB_WORK_DIR)=' | sort >'${inFolder('settings')}' ;;
    'compose rm'* | 'compose down'* | 'network rm'*) note "$*" ;;
    exec*live-1*) printf 'the links%s:\\n    http://127.0.0.1:8088/?key=K\\n' "\${6:+ for $6}" ;;
    exec*capture-*) note "$3"; printf 'packets of %s' "$2" ;;
esac
`;

beforeEach(() => {
  for (const name of ['calls', 'lab', 'played', 'settings']) writeFileSync(inFolder(name), '');
  for (const one of [archived, captures]) rmSync(one, { recursive: true, force: true });
  writeProgram(inFolder('docker'), docker);
});

const LAB = 'server-host client-host client http echo capture-server capture-client';
const has = (name: string, services: string) => writeFileSync(inFolder(name), services);
const calls = () => readFileSync(inFolder('calls'), 'utf8').trim().split('\n');

function run(script: string, args: readonly string[] = [], settings: Record<string, string> = {}) {
  const PATH = `${folder.path}${delimiter}${process.env.PATH}`;
  const ports = { LIVE_PORT: '48088', LIVE_CLASS_PORT: '48089' };
  const env = { PATH, COMPOSE_PROJECT_NAME: NAME, LAB_CAPTURES_DIR: captures, ...ports, ...settings };
  const { status, stdout, stderr } = spawnSync('sh', [script, ...args], { cwd: root, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}
const makeLive = (args: readonly string[] = [], settings: Record<string, string> = {}) =>
  run('setup/live.sh', args, settings);

describe('make live', () => {
  test('starts the live view of the lab with the settings of the lab, and prints its links', () => {
    has('lab', LAB);
    expect(makeLive()).toEqual({
      status: 0,
      stdout: 'the links:\n    http://127.0.0.1:8088/?key=K\n',
      stderr: '',
    });
    expect(calls()).toEqual([`${NAME}: compose up --detach --no-build --no-deps live live-client flow`]);
    expect(readFileSync(inFolder('settings'), 'utf8')).toBe(
      'LAB_TOKEN=sesame\nLAB_WORK_DIR=/somewhere/work\nLIVE_VIEWERS=64\n',
    );
  });

  test('starts what keeps answers too when the run belongs to a sheet', () => {
    has('lab', LAB);
    mkdirSync(captures);
    writeFileSync(join(captures, 'sheet.json'), '{}');
    expect(makeLive()).toMatchObject({ status: 0, stderr: '' });
    expect(calls()).toEqual([
      `${NAME}: compose up --detach --no-build --no-deps live live-client flow answers`,
    ]);
  });

  test('leaves a live view that runs as it is, except for what was typed', () => {
    has('lab', `${LAB} live live-client flow`);
    makeLive();
    expect(readFileSync(inFolder('settings'), 'utf8')).toContain('LIVE_VIEWERS=7\n');
    makeLive([], { LIVE_VIEWERS: '9' });
    expect(readFileSync(inFolder('settings'), 'utf8')).toContain('LIVE_VIEWERS=9\n');
  });

  test('prints a link for the class when other machines may look', () => {
    has('lab', LAB);
    expect(makeLive([], { LIVE_ADDRESS: '192.0.2.7' }).stdout).toContain('the links for 192.0.2.7:');
    const named = { LIVE_ADDRESS: '0.0.0.0', LIVE_NAMES: 'lab.school,lab' };
    expect(makeLive([], named).stdout).toContain('the links for lab.school:');
  });

  test('plays an earlier run without a lab, in a project of its own', () => {
    mkdirSync(archived);
    writeFileSync(join(archived, 'server.pcap'), '');
    expect(makeLive([`RUN=${archived}`])).toMatchObject({ status: 0, stderr: '' });
    expect(calls()).toEqual([
      `${NAME}-played: compose up --detach --no-build --no-deps live of ${archived}`,
      `${NAME}-played: network rm ${NAME}-played_lab of ${archived}`,
    ]);
  });

  test('shows one of both at a port', () => {
    mkdirSync(archived);
    writeFileSync(join(archived, 'client.pcap'), '');
    has('lab', `${LAB} live live-client flow`);
    makeLive([`RUN=${archived}`]);
    expect(calls()[0]).toBe(`${NAME}: compose rm --stop --force live live-client answers of ${archived}`);
    has('lab', LAB);
    has('played', 'live');
    writeFileSync(inFolder('calls'), '');
    makeLive();
    expect(calls()).toEqual([
      `${NAME}-played: compose down --volumes`,
      `${NAME}: compose up --detach --no-build --no-deps live live-client flow`,
    ]);
  });

  test('shows one of both, when they have the port of a class in common', () => {
    has('lab', LAB);
    has('played', 'live');
    makeLive([], { FAKE_PORT: '48089' });
    expect(calls()[0]).toBe(`${NAME}-played: compose down --volumes`);
    writeFileSync(inFolder('calls'), '');
    makeLive([], { FAKE_PORT: '48090' });
    expect(calls()[0]).toBe(`${NAME}: compose up --detach --no-build --no-deps live live-client flow`);
  });

  test('OFF=1 ends both, and the lab stays', () => {
    has('lab', `${LAB} live live-client flow`);
    has('played', 'live');
    expect(makeLive(['OFF=1']).stdout).toBe('wirelab: the live view has ended\n');
    expect(calls()).toEqual([
      `${NAME}: compose rm --stop --force live live-client answers`,
      `${NAME}: network rm ${NAME}_live`,
      `${NAME}-played: compose down --volumes`,
    ]);
    for (const name of ['lab', 'played']) has(name, '');
    expect(makeLive(['OFF=1']).stdout).toBe('wirelab: there is no live view\n');
  });

  test.each([
    [['OFF=2'], {}, 'OFF is "2"; allowed: 0, 1'],
    [['OFF=1', 'RUN=a'], {}, 'OFF can not be combined with RUN; give one of them'],
    [['RUN=/none'], {}, 'RUN is "/none", which has no capture; allowed: the folder of a run'],
    [[], {}, 'the lab is not up: client-host is not running'],
    [
      [],
      { LIVE_ADDRESS: 'x' },
      'LIVE_ADDRESS is "x"; allowed: an IPv4 address of this machine, or 0.0.0.0 for all',
    ],
    [[], { LIVE_PORT: '8080' }, 'LIVE_PORT is "8080"; it must differ from HTTP_PORT'],
    [[], { LIVE_CLASS_PORT: '48088' }, 'LIVE_CLASS_PORT is "48088"; it must differ from LIVE_PORT'],
  ])('%j with %j is refused', (args, settings, problem) => {
    const { status, stderr } = makeLive(args, settings);
    expect([status, stderr]).toEqual([2, expect.stringContaining(problem)]);
    expect(calls()).toEqual(['']);
  });
});

describe('make capture', () => {
  test.each([
    ['server', []],
    ['client', ['client']],
  ])('writes the packets of the %s host and nothing else, and ends its program', (host, args) => {
    has('lab', LAB);
    const captured = run('setup/capture.sh', args);
    expect(captured).toEqual({ status: 0, stdout: `packets of ${NAME}-capture-${host}-1`, stderr: '' });
    expect(calls()).toHaveLength(2);
  });

  test.each([
    [['wrie'], 'HOST is "wrie"; allowed: server, client, wire'],
    [['wire'], 'there is no wire'],
  ])('%j is refused', (args, problem) => {
    has('lab', LAB);
    expect(run('setup/capture.sh', args)).toEqual({
      ...{ status: 2, stdout: '' },
      stderr: expect.stringContaining(problem),
    });
  });
});
