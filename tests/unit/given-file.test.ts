import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ownFolder } from './setup-shell.ts';

const folder = ownFolder();
const at = (...parts: string[]) => join(folder.path, ...parts);
mkdirSync(at('closed', 'inner'), { recursive: true });
writeFileSync(at('closed', 'inner', 'a.pcap'), '');
writeFileSync(at('a.pcap'), '');
writeFileSync(at('own.pcap'), '', { mode: 0o600 });
symlinkSync(at('closed', 'inner', 'a.pcap'), at('link.pcap'));
symlinkSync('none.pcap', at('nowhere.pcap'));
symlinkSync('circle.pcap', at('circle.pcap'));
chmodSync(folder.path, 0o755);
chmodSync(at('closed'), 0o600);
chmodSync(at('own.pcap'), 0);
afterAll(() => {
  chmodSync(at('closed'), 0o700);
  folder.remove();
});

const functions = readFileSync(resolve(import.meta.dirname, '../../setup/given-file.sh'), 'utf8');

/** What an ordinary user is told of this file, who need not be able to read the project. */
function check(path: string) {
  const shell = `stop() { echo "$1"; exit 2; }\nquoted() { echo "$1"; }\nid() { echo ann; }\n${functions}\ncheck_given "$1"`;
  const become =
    process.getuid!() === 0 ? ['setpriv', '--reuid', '1234', '--regid', '1234', '--clear-groups'] : ['env'];
  const { stdout, stderr } = spawnSync(become[0]!, [...become.slice(1), 'sh', '-euc', shell, 'sh', path], {
    cwd: '/',
    encoding: 'utf8',
  });
  return stdout + stderr;
}

test('a file that can be read is taken', () => {
  expect(check(at('a.pcap'))).toBe('');
});

test.each([
  ['closed/inner/a.pcap', `ann may not look into the folder ${at('closed')}`],
  ['closed/inner', `ann may not look into the folder ${at('closed')}`],
  ['link.pcap', `ann may not look into the folder ${at('closed')}`],
  ['nowhere.pcap', 'is a link to none.pcap, which does not exist'],
  ['circle.pcap', 'is a link to circle.pcap, which does not exist'],
  ['none/none.pcap', 'does not exist'],
  ['own.pcap', 'ann may not read it'],
])('%s is refused: %s', (name, words) => {
  expect(check(at(name))).toContain(words);
});
