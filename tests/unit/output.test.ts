import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

function sh(line: string) {
  const { status, stderr } = spawnSync('bash', ['-c', `set -o pipefail; ${line}`], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env.PATH}` },
  });
  return { status, stderr };
}

describe.each(['analysis/main.ts', 'client/main.ts'])('%s', (program) => {
  test('ends with an error when the disk of its output is full', () => {
    expect(sh(`node ${program} --help >/dev/full`)).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^error: the output is incomplete: ENOSPC: no space left on device/),
    });
  });

  test('ends without one when its reader leaves', () => {
    expect(sh(`node ${program} --help | true`)).toEqual({ status: 0, stderr: '' });
  });
});
