import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { inSetup, ownFolder } from './setup-shell.ts';

const folder = ownFolder();
afterAll(folder.remove);

const HOST = 'a'.repeat(64);
let made = 0;

/** A captures folder with a run that this container began, and what it laid in the archive. */
function captures(container: string, archived = '') {
  const path = join(folder.path, `captures ${++made}`);
  mkdirSync(join(path, archived), { recursive: true });
  if (archived)
    for (const name of ['lab.log', 'server.pcap']) writeFileSync(join(path, archived, name), 'earlier');
  const run = { event: 'run', project: 'p', container, seed: 's', archived };
  writeFileSync(join(path, 'lab.log'), `${JSON.stringify(run)}\n`);
  for (const name of ['server.pcap', 'client.0001.pcap', 'http.log', 'notes.txt'])
    writeFileSync(join(path, name), 'own');
  return path;
}

/** What make up does once the lab did not come up. */
function failedUp(path: string, serverHost: string) {
  const docker = serverHost ? `docker() { echo ${serverHost}; }` : 'docker() { return 1; }';
  return inSetup(
    `. setup/run-record.sh\n${docker}\nif is_own_run "$FOLDER"; then forget_run "$FOLDER"; echo forgotten; fi`,
    { FOLDER: path },
  );
}

test.each([
  ['an earlier run, where the server host never started', 'b'.repeat(64), ''],
  ['an earlier run, where the server host did not get to its own', 'b'.repeat(64), HOST],
  ['the run of another lab that is up', 'c'.repeat(64), HOST],
  ['a run without a container', '', HOST],
])('%s stays', (_, container, serverHost) => {
  const path = captures(container);
  expect(failedUp(path, serverHost)).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(readdirSync(path).sort()).toEqual([
    'client.0001.pcap',
    'http.log',
    'lab.log',
    'notes.txt',
    'server.pcap',
  ]);
});

test('a run that this lab began is gone, and the earlier one is back', () => {
  const path = captures(HOST, 'archive/2025-01-02T030405Z');
  expect(failedUp(path, HOST)).toEqual({ status: 0, stdout: 'forgotten\n', stderr: '' });
  expect(readdirSync(path).sort()).toEqual(['archive', 'lab.log', 'notes.txt', 'server.pcap']);
  expect(readdirSync(join(path, 'archive'))).toEqual([]);
  expect(readFileSync(join(path, 'lab.log'), 'utf8')).toBe('earlier');
});

test('a first run leaves nothing', () => {
  const path = captures(HOST);
  expect(failedUp(path, HOST)).toEqual({ status: 0, stdout: 'forgotten\n', stderr: '' });
  expect(readdirSync(path)).toEqual(['notes.txt']);
});
