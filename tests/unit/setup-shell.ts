import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** A folder for the files of a test file, removed by `remove`. */
export function ownFolder() {
  const path = mkdtempSync(join(tmpdir(), 'wirelab-shell-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Runs shell code as a script in setup/ does, after lib.sh and with the settings of `.env`. Docker has nothing, and the
 * commands of other systems are functions of the code.
 */
export function inSetup(code: string, environment: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH, COMPOSE_PROJECT_NAME: 'wirelab-test-shell', ...environment };
  const script = `. setup/lib.sh\n. setup/rows.sh\n. setup/checks.sh\ncontainers=\ndocker() { :; }\n${code}`;
  const { status, stdout, stderr } = spawnSync('sh', ['-euc', script, 'setup/test.sh'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
