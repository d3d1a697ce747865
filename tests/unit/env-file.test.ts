import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readAlike, refused } from '../env-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirelab-env-'));
const file = join(folder, '.env');
const reader = join(import.meta.dirname, '..', '..', 'setup', 'env.awk');

afterAll(() => rmSync(folder, { recursive: true }));

/** What a shell has in A once it has read this text, in brackets. */
function read(text: string) {
  writeFileSync(file, text);
  const script = 'code=$(awk -f "$0" "$1") && eval "$code" && printf "[%s]" "$A"';
  const env = { PATH: process.env.PATH, LC_ALL: 'C', B: 'shell' };
  const { stdout, stderr } = spawnSync('sh', ['-c', script, reader, file], { env, encoding: 'utf8' });
  return { stdout, stderr };
}

test.each(readAlike)('%j is read', (text, value) => {
  expect(read(text)).toEqual({ stdout: `[${value}]`, stderr: '' });
});

test.each(refused)('%j is refused', (text, reason) => {
  const { stdout, stderr } = read(text);
  expect({ stdout, stderr }).toEqual({
    stdout: '',
    stderr: expect.stringContaining(`wirelab: .env, ${reason}\n    cure: `),
  });
});

test('an empty file has no setting, and docker-compose.yml is not read as one', () => {
  writeFileSync(file, '');
  const compose = join(folder, 'docker-compose.yml');
  writeFileSync(compose, 'services:\n  http: { environment: { HTTP_PORT } }\n');
  const { status, stderr } = spawnSync('awk', ['-f', reader, file, compose], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^wirelab: HTTP_PORT has no value: it is not in \.env\n {4}cure: [^\n]*\n$/);
});
