import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readAlike } from './env-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirelab-env-'));
writeFileSync(
  join(folder, 'docker-compose.yml'),
  'services: { one: { image: none, environment: { A: "$A" } } }\n',
);

afterAll(() => rmSync(folder, { recursive: true }));

test.each(readAlike)('Docker Compose reads %j as make does', (text, value) => {
  writeFileSync(join(folder, '.env'), text);
  const { A: _, ...env } = process.env;
  const config = execFileSync('docker', ['compose', 'config', '--format', 'json'], {
    cwd: folder,
    env: { ...env, B: 'shell' },
    encoding: 'utf8',
  });
  // In what it prints, a $ is written twice.
  expect(JSON.parse(config).services.one.environment.A).toBe(value.replaceAll('$', '$$$$'));
});
