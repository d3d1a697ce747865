import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { inSetup } from './setup-shell.ts';

const root = resolve(import.meta.dirname, '../..');

test('CDPATH and the Compose files of another project do not lead away from the lab', () => {
  const { stdout } = inSetup('printf "%s\\n" "$PWD"; env | grep ^COMPOSE_ | sort', {
    CDPATH: `/:${root}:.`,
    COMPOSE_FILE: '/other/compose.yml',
    COMPOSE_ENV_FILES: '/other/.env',
  });
  expect(stdout).toBe(`${root}\nCOMPOSE_PROJECT_NAME=wirelab-test-shell\n`);
});

test('a Docker context that is gone is named, and the docker command is not called missing', () => {
  const said =
    'Failed to initialize: unable to resolve docker endpoint: context "gone": context not found: open x';
  expect(inSetup('no_engine "$SAID" "make up"', { SAID: said })).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'wirelab: there is no Docker context gone\n' +
      '    cure: unset DOCKER_CONTEXT; docker context use default\n',
  });
  expect(inSetup('no_engine "setup/x.sh: 1: docker: not found" "make up"').stderr).toContain(
    'there is no docker command',
  );
});

test('make in another folder says where it belongs', () => {
  const { status, stderr } = spawnSync('make', ['-f', '../Makefile', 'status'], {
    cwd: join(root, 'docs'),
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stderr).toMatch(/docs is not the folder of the lab; cure: make -C \.\. status\. {2}Stop\.\n$/);
});
