import { expect, test } from '@jest/globals';
import { checksThatAreOff, findInScripts } from './scripts.ts';
import { openShellCheck } from './shellcheck.ts';

const check = await openShellCheck();

async function found(files: Record<string, string>, off: readonly number[] = []): Promise<string[]> {
  const findings = await Array.fromAsync(findInScripts(new Map(Object.entries(files)), check, off));
  return findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`);
}

test('a variable without quotes is found, with its place', async () => {
  expect(await found({ 'a.sh': '#!/bin/sh\necho fine\nrm $1\n' })).toEqual(['a.sh:3 SC2086']);
});

test('a check that is off finds nothing', async () => {
  expect(await found({ 'a.sh': '#!/bin/sh\nrm $1\n' }, [2086])).toEqual([]);
});

test('a script is checked by the shell of its first line, and one that is sourced by that of who sources it', async () => {
  const list = '[[ -n $1 ]] && echo yes\n';
  expect(await found({ 'a.sh': `#!/bin/bash\n${list}`, 'my.bashrc': list })).toEqual([]);
  expect(await found({ 'b.sh': list })).toContain('b.sh:1 SC3010');
});

test('a name that another script sets or uses is no finding, and one that none does is', async () => {
  const library = 'shared=1\n';
  const user = '#!/bin/sh\n. ./lib.sh\necho "$shared"\n';
  expect(await found({ 'lib.sh': library, 'a.sh': user })).toEqual([]);
  expect(await found({ 'lib.sh': library })).toEqual(['lib.sh:1 SC2034']);
  expect(await found({ 'a.sh': user })).toEqual(['a.sh:3 SC2154']);
});

test('ShellCheck goes on after a script that cannot be parsed', async () => {
  const findings = await found({ 'a.sh': '#!/bin/sh\nif true; then\n', 'b.sh': '#!/bin/sh\nrm $1\n' });
  expect(findings.filter((one) => one.startsWith('a.sh'))).not.toEqual([]);
  expect(findings).toContain('b.sh:2 SC2086');
});

test('.shellcheckrc names what is off, and nothing else may be in it', () => {
  expect(checksThatAreOff('# why\ndisable=SC2016\n\ndisable=SC2034\n')).toEqual([2016, 2034]);
  expect(() => checksThatAreOff('enable=all\n')).toThrow(
    '.shellcheckrc: "enable=all"; allowed: disable=SC1234',
  );
});
