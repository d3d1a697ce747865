import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'wirelab-make-'));
const target = join(folder, 'typed.mk');
writeFileSync(target, `typed: ## [MSG=]\n\tsh -c 'printf "[%s]" "$$@"' sh $(call option,MSG,--message)\n`);

afterAll(() => rmSync(folder, { recursive: true }));

/** What a command gets of this, typed after a target of the Makefile. */
function make(...typed: string[]) {
  const args = ['--silent', '-f', target, '-f', 'Makefile', 'typed', ...typed];
  const { status, stdout, stderr } = spawnSync('make', args, { cwd: root, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test.each([
  'cost $5',
  'cost $$5',
  '\u0024{HOME} $(HOME) $(error no)',
  `$(shell touch ${folder}/ran) \`touch ${folder}/ran\``,
  `it's "quoted" # \\ \\n %`,
  'blanks after  ',
  'two\nlines',
  'a=b',
  'é',
  '',
])('%j is what the command gets', (text) => {
  expect(make(`MSG=${text}`)).toEqual({ status: 0, stdout: `[--message][${text}]`, stderr: '' });
  expect(readdirSync(folder)).toEqual(['typed.mk']);
});

test.each([' a', ' ', '\tb', '\nc'])('%j is refused, as make drops the blank before it', (text) => {
  const { status, stdout, stderr } = make(`MSG=${text}`);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/MSG begins with a blank, which make drops; allowed: another first character/);
});
