import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readAlike, refused } from '../env-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirelab-env-'));
const file = join(folder, '.env');
const reader = join(import.meta.dirname, '..', '..', 'setup', 'env.awk');

/** What a shell has in A once it has read a text, in brackets, and what was said of it. */
const readings = new Map<string, { readonly stdout: string; readonly stderr: string }>();

// One shell reads them all, as each takes longer to start than to read.
beforeAll(() => {
  const texts = [...readAlike, ...refused].map(([text]) => text);
  const folders = texts.map((text, index) => {
    const own = join(folder, String(index));
    mkdirSync(own);
    writeFileSync(join(own, '.env'), text);
    return own;
  });
  const script = `for own; do
    (code=$(awk -f "$0" "$own/.env") && eval "$code" && printf "[%s]" "$A") >"$own/stdout" 2>"$own/stderr" || :
  done`;
  const env = { PATH: process.env.PATH, LC_ALL: 'C', B: 'shell' };
  spawnSync('sh', ['-c', script, reader, ...folders], { env });
  for (const [index, text] of texts.entries()) {
    const [stdout, stderr] = ['stdout', 'stderr'].map((name) =>
      readFileSync(join(folders[index]!, name), 'utf8'),
    ) as [string, string];
    readings.set(text, { stdout, stderr });
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each(readAlike)('%j is read', (text, value) => {
  expect(readings.get(text)).toEqual({ stdout: `[${value}]`, stderr: '' });
});

test.each(refused)('%j is refused', (text, reason) => {
  expect(readings.get(text)).toEqual({
    stdout: '',
    stderr: expect.stringContaining(`wirelab: .env, ${reason}\n    cure: `),
  });
});

test('a file in UTF-16 is refused once, not by each of its lines', () => {
  writeFileSync(file, Buffer.from('\uFEFFA=1\nB=2\n', 'utf16le'));
  const { status, stderr } = spawnSync('awk', ['-f', reader, file], {
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stderr).toBe(
    'wirelab: .env, line 1: the file is UTF-16, which some programs of Windows write\n' +
      '    cure: save it as UTF-8, or git checkout .env\n',
  );
});

test('an empty file has no setting, and docker-compose.yml is not read as one', () => {
  writeFileSync(file, '');
  const compose = join(folder, 'docker-compose.yml');
  writeFileSync(compose, 'services:\n  http: { environment: { HTTP_PORT } }\n');
  const { status, stderr } = spawnSync('awk', ['-f', reader, file, compose], {
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^wirelab: HTTP_PORT has no value: it is not in \.env\n {4}cure: [^\n]*\n$/);
});
