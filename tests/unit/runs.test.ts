import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeProgram } from '../write-program.ts';
import { ownFolder } from './setup-shell.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = ownFolder();
/** Its name has a blank. */
const captures = join(folder.path, 'my captures');
const theirs = join(folder.path, 'theirs');

const jsonLines = (...values: readonly object[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

function writeRun(
  path: string,
  { files = {}, ...run }: { files?: Record<string, string>; [name: string]: unknown },
) {
  mkdirSync(path, { recursive: true });
  const { seed, ...begin } = run;
  const server = { program: 'http', faults: [{ server: 'http', profile: 'none', seed }] };
  writeFileSync(join(path, 'lab.log'), jsonLines({ ...begin, seed: 'drawn' }, ...(seed ? [server] : [])));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
}

/** Runs make runs beside a lab of another folder, whose captures are in `theirs`. */
function makeRuns(settings: Record<string, string>) {
  const { status, stdout } = spawnSync('sh', ['setup/runs.sh'], {
    cwd: root,
    env: { PATH: `${folder.path}${delimiter}${process.env.PATH}`, ...settings },
    encoding: 'utf8',
  });
  const rows = stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
  return { status, stdout, rows };
}

beforeAll(() => {
  const docker = `case "$1" in ps) printf 'http\\trunning\\t/another/clone\\n' ;; inspect) echo 'LAB_CAPTURES_DIR=${theirs}' ;; esac`;
  writeProgram(join(folder.path, 'docker'), `#!/bin/sh\n${docker}\n`);
  writeRun(theirs, { timestamp: '2026-01-01T00:00:00.000Z' });
  writeRun(captures, {
    timestamp: '2026-01-03T10:20:30.400Z',
    name: 'lab-1.b',
    seed: 'say "hi", then go',
    files: {
      'http.log': jsonLines({ outcome: '200' }, { event: 'faults', profile: 'none' }, { outcome: '403' }),
      'echo.log': jsonLines({ fault: 'none' }, { fault: 'loss', direction: 'in' }, { event: 'faults' }),
      'server.pcap': 'x'.repeat(1500),
      'client.0001.pcap': 'x'.repeat(2600),
    },
  });
  writeRun(join(captures, 'archive', 'earlier version'), { timestamp: '2026-01-02T00:00:00.000Z' });
  mkdirSync(join(captures, 'archive', 'no run'));
});
afterAll(folder.remove);

test('lists the runs, the newest first, with their counts', () => {
  const { status, rows } = makeRuns({ LAB_CAPTURES_DIR: captures });
  expect(status).toBe(0);
  expect(rows).toEqual([
    ['files', 'began (UTC)', 'name', 'seed', 'requests', 'messages', 'datagrams', 'captures'],
    [captures, '2026-01-03 10:20:30', 'lab-1.b', String.raw`say \"hi\", then go`, '2', '1', '1', '4 kB'],
    [join(captures, 'archive', 'earlier version'), '2026-01-02 00:00:00', '-', '-', '0', '0', '0', '0 kB'],
    [''],
  ]);
});

test('says when there is no run', () => {
  const { status, stdout } = makeRuns({ LAB_CAPTURES_DIR: join(folder.path, 'none') });
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: 'wirelab: there is no run yet; make up begins one\n',
  });
});

test('never lists the runs of the lab of another folder', () => {
  expect(makeRuns({}).stdout).not.toContain(theirs);
});
