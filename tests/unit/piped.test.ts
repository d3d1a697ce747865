import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

function sh(line: string) {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `set -o pipefail; ${line}`], {
    cwd: root,
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

test.each([
  ['what has more to print', 'setup/piped.sh seq 1000000 | head -n 1', '1\n'],
  ['what never ends', "setup/piped.sh sh -c 'while echo 1; do :; done' | head -n 1", '1\n'],
  ['what waits for another', "setup/piped.sh sh -c 'seq 100000; sleep 600; true' | head -n 1", '1\n'],
  [
    'what goes from one command to the next',
    `setup/piped.sh sh -c '${'seq 20000; '.repeat(9)} sleep 600; true' | head -n 1`,
    '1\n',
  ],
  [
    'what complains of its end',
    `setup/piped.sh bash -c '${'trap "echo no >&2; exit 3" HUP TERM'}; while seq 999; do sleep 0.1; done' | head -n 1`,
    '1\n',
  ],
  [
    'what ignores a terminal that goes',
    "nohup setup/piped.sh sh -c 'seq 100000; sleep 600; true' | head -n 1",
    '1\n',
  ],
  ['what prints all', 'setup/piped.sh seq 3 | cat', '1\n2\n3\n'],
  ['help', 'make --no-print-directory help | head -n 1', '  make help       list the targets\n'],
])('a reader that leaves is no error of %s', (_, line, stdout) => {
  expect(sh(line)).toEqual({ status: 0, stdout, stderr: '' });
});

test('an error of the command is one', () => {
  expect(sh("setup/piped.sh sh -c 'echo 1; echo 2 >&2; exit 3' | cat")).toEqual({
    status: 3,
    stdout: '1\n',
    stderr: '2\n',
  });
});

test('what must not be cut off goes on to its end', () => {
  const script = ': >"$LAB_PIPED/whole"; seq 100000; echo done >&2';
  expect(sh(`setup/piped.sh sh -c '${script}' | head -n 1`)).toEqual({
    status: 0,
    stdout: '1\n',
    stderr: 'done\n',
  });
});
