import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { writeProgram } from '../write-program.ts';
import { ownFolder } from './setup-shell.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = ownFolder();
afterAll(folder.remove);

beforeEach(() => {
  writeProgram(
    join(folder.path, 'docker'),
    `#!/bin/sh
case "$1" in
    ps) while read -r name state; do printf '%s\\t%s\\t${root}\\n' "$name" "$state"; done <'${folder.path}/lab' ;;
    exec) echo "$*" ;;
esac
`,
  );
});

/** Runs wire.sh in a lab with these containers besides its usual ones, as `NAME STATE`. */
function makeWire(containers: readonly string[], ...args: string[]) {
  const usual = ['client-host', 'server-host', 'http'].map((name) => `${name} running`);
  writeFileSync(join(folder.path, 'lab'), `${[...usual, ...containers].join('\n')}\n`);
  const env = {
    PATH: `${folder.path}${delimiter}${process.env.PATH}`,
    COMPOSE_PROJECT_NAME: 'wirelab-test-wire',
    TMPDIR: folder.path,
  };
  const { status, stdout, stderr } = spawnSync('sh', ['setup/wire.sh', ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('make wire', () => {
  test('without a wire says so, and how to insert one', () => {
    const { status, stdout } = makeWire([]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^wirelab: there is no wire: both hosts send directly to each other\nwirelab: make wire LOSS=0\.05 /,
    );
  });

  test('asks the program for what is in force', () => {
    const { status, stdout } = makeWire(['wire-host running', 'wire running']);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'exec --user 10001 --env LAB_OPTION_NAMES wirelab-test-wire-wire-1 wire\n',
    });
  });

  test.each([
    ['running', 'packets pass without a fault and without an entry'],
    ['exited', 'packets to the wire are lost'],
  ])('names a program that does not run, on a host that is %s', (state, what) => {
    const { status, stderr } = makeWire([`wire-host ${state}`, 'wire exited']);
    expect(status).toBe(2);
    expect(stderr).toBe(
      `wirelab: the program of the wire does not run, so ${what}\n    cure: make up, which continues this run; or make wire OFF=1\n`,
    );
  });

  test.each([
    [['OFF=2'], 'OFF is "2"; allowed: 0, 1'],
    [['OFF=1', 'LOSS=0.1'], 'OFF can not be combined with other values; give one of them'],
  ])('refuses %j', (args, what) => {
    expect(makeWire([], ...args)).toMatchObject({ status: 2, stderr: `wirelab: ${what}\n` });
  });
});
