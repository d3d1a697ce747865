import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** What Biome finds in these files, by the settings of the project. */
async function found(files: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wirelab-lint-'));
  for (const file of ['biome.json', 'biome-process.grit', 'biome-page.grit', 'package.json', '.gitignore'])
    cpSync(join(root, file), join(folder, file));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const biome = join(root, 'node_modules', '.bin', 'biome');
  const { stdout } = await run(biome, ['lint', '--vcs-enabled=false', '--reporter=json', '.'], {
    cwd: folder,
  }).catch((error: { stdout: string }) => error);
  rmSync(folder, { recursive: true });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
  return diagnostics.map(({ category, location }) => `${location.path} ${category}`).sort();
}

type Diagnostic = { category: string; location: { path: string } };

test('files that import each other are refused, by whatever name and also for types alone', async () => {
  const files = {
    'lib/a/one.ts': "import type { Two } from '#lib/b/two.ts';\n\nexport type One = Two;\n",
    'lib/b/two.ts': "import type { One } from '../a/one.ts';\n\nexport type Two = One;\n",
  };
  expect(await found(files)).toEqual([
    'lib/a/one.ts lint/suspicious/noImportCycles',
    'lib/b/two.ts lint/suspicious/noImportCycles',
  ]);
});

test('only a main.ts reads the environment and ends the process', async () => {
  const text = 'export const name = process.env.NAME;\nif (!name) process.exit(2);\n';
  expect(await found({ 'client/main.ts': text, 'client/other.ts': text })).toEqual([
    'client/other.ts plugin',
    'client/other.ts plugin',
  ]);
});

test.each([
  "document.body.innerHTML = 'x';",
  "document.body.insertAdjacentHTML('beforeend', 'x');",
  "export const page = new DOMParser().parseFromString('x', 'text/html');",
  "document.write('x');",
])('a page never reads text as HTML: %s', async (text) => {
  const files = { 'services/live/page/one.ts': `${text}\n`, 'analysis/report/other.ts': `${text}\n` };
  expect(await found(files)).toEqual(['services/live/page/one.ts plugin']);
});

test('a page uses nothing that a browser lacks', async () => {
  const files = { 'services/live/page/one.ts': "export const bytes = Buffer.from('x');\n" };
  expect(await found(files)).toEqual(['services/live/page/one.ts lint/style/noRestrictedGlobals']);
});

describe('another spelling is refused as well', () => {
  const spellings = [
    [
      "import { env, exit } from 'node:process';\n\nif (!env.NAME) exit(2);\n",
      'lint/style/noRestrictedImports',
    ],
    ["import it from 'process';\n\nit.exit(2);\n", 'lint/style/noRestrictedImports'],
    ["const { env } = await import('node:process');\nconsole.log(env);\n", 'lint/style/noRestrictedImports'],
    ['const { env } = process;\nconsole.log(env);\n', 'plugin'],
    ['const { exit: end, pid } = process;\nend(pid);\n', 'plugin'],
    ['let { env } = process;\nconsole.log(env);\nenv = {};\n', 'plugin'],
    ['const one = 1,\n  it = process;\nit.exit(one);\n', 'plugin'],
    ['const it = process;\nit.exit(2);\n', 'plugin'],
    ["console.log(process['env']);\n", 'plugin'],
    ["process['exit'](2);\n", 'plugin'],
  ] as const;
  let all: readonly string[];

  beforeAll(async () => {
    const files = spellings.flatMap(([text], index) =>
      ['main.ts', 'other.ts'].map((name) => [`lib/${index}/${name}`, text]),
    );
    all = (await found(Object.fromEntries(files))).filter(
      (line) => !/useNodejsImportProtocol|useLiteralKeys/.test(line),
    );
  });

  test.each(spellings.map(([text, rule], index) => [text, rule, index] as const))(
    '%j',
    (_text, rule, index) => {
      expect(all.filter((line) => line.startsWith(`lib/${index}/`))).toEqual([
        `lib/${index}/other.ts ${rule}`,
      ]);
    },
  );
});

test('a long function and one of many ways are refused in a program, and not in a test', async () => {
  const long = `export function long() {\n${'  console.log();\n'.repeat(61)}}\n`;
  const ways = Array.from({ length: 6 }, (_, depth) => `if (n > ${depth}) {`).join(' ');
  const deep = `export function deep(n: number) {\n  ${ways} console.log(n);${' }'.repeat(6)}\n}\n`;
  const text = long + deep;
  expect(await found({ 'client/other.ts': text, 'client/other.test.ts': text })).toEqual([
    'client/other.ts lint/complexity/noExcessiveCognitiveComplexity',
    'client/other.ts lint/complexity/noExcessiveLinesPerFunction',
  ]);
});
