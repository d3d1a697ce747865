import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ownFolder } from './setup-shell.ts';

const folder = ownFolder();
afterAll(folder.remove);

test.each([
  'setup/up.sh',
  'setup/env.awk',
  'services/host/join.sh',
  'client/host/student.sh',
  'client/host/bash.bashrc',
])('make names %s where it has the line ends of Windows', (file) => {
  const clone = join(folder.path, file.replaceAll('/', '-'));
  for (const part of ['setup', 'services', 'client', dirname(file)])
    mkdirSync(join(clone, part), { recursive: true });
  copyFileSync(resolve(import.meta.dirname, '../../Makefile'), join(clone, 'Makefile'));
  writeFileSync(join(clone, file), 'echo\r\n');
  const { status, stderr } = spawnSync('make', ['help'], { cwd: clone, encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain(`${file} has Windows line ends (CRLF); cure: `);
});
