import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { writeProgram } from '../write-program.ts';
import { ownFolder } from './setup-shell.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = ownFolder();
const inFolder = (name: string) => join(folder.path, name);
afterAll(folder.remove);

/** A docker that notes the access to the sheets, and ends the comparison with `FAKE_CODE`. */
const docker = `#!/bin/sh
case "$*" in
    'image inspect'*) printf '%s\\n' a a b b c c ;;
    run*' judge')
        sheets=$(printf %s "$*" | sed 's|.*"source=\\([^"]*\\)",target=/sheets.*|\\1|')
        find "$sheets" | LC_ALL=C sort | while read -r path; do
            printf '%s %s\\n' "$(ls -dn "$path" | cut -c 8-10)" "\${path#"$sheets"}"
        done >'${inFolder('access')}'
        printf '%s\\n' "$(ls -dn "$sheets/.." | cut -c 5-10)" >'${inFolder('around')}'
        ;;
    run*' collect'*) exit "$FAKE_CODE" ;;
esac
`;

beforeEach(() => {
  for (const name of ['hand-ins', 'captures', 'sheets/small']) {
    rmSync(inFolder(name), { recursive: true, force: true });
    mkdirSync(inFolder(name), { recursive: true });
  }
  writeFileSync(inFolder('hand-ins/small-ann.tgz'), '');
  for (const name of ['sheet.json', 'answers.json']) writeFileSync(inFolder(`sheets/small/${name}`), '{}');
  writeProgram(inFolder('docker'), docker);
});

function grade(code = '0') {
  const PATH = `${folder.path}${delimiter}${process.env.PATH}`;
  const env = { PATH, COMPOSE_PROJECT_NAME: 'wirelab-test-grade', LAB_CAPTURES_DIR: inFolder('captures') };
  const args = ['setup/grade.sh', ...['hand-ins', 'grades', 'sheets'].map(inFolder)];
  const { status, stderr } = spawnSync('sh', args, {
    ...{ cwd: root, encoding: 'utf8' },
    env: { ...env, FAKE_CODE: code },
  });
  return { status, stderr };
}

test('sheets that only their owner can read are readable in the judging containers, and for nobody else here', () => {
  chmodSync(inFolder('sheets/small/answers.json'), 0o600);
  for (const name of ['sheets/small', 'sheets']) chmodSync(inFolder(name), 0o700);
  expect(grade()).toEqual({ status: 0, stderr: '' });
  expect(readFileSync(inFolder('access'), 'utf8')).toBe(
    'r-x \nr-x /small\nr-- /small/answers.json\nr-- /small/sheet.json\n',
  );
  expect(readFileSync(inFolder('around'), 'utf8')).toBe('------\n');
});

test.each(['137', '134'])('a comparison without time or memory, which ends with %s, is named', (code) => {
  const { status, stderr } = grade(code);
  expect(status).toBe(2);
  expect(stderr).toContain(
    'the grades were not written, because to compare 1 hand-ins took more than 30 minutes',
  );
});
