import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { expect, test } from '@jest/globals';

const folder = import.meta.dirname;
const files = globSync('**/*.{ts,css,html,svg}', { cwd: folder }).filter(
  (file) => !/(?:\.test|testing)\.ts$/.test(file),
);
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const modules = files.filter((file) => file.endsWith('.ts'));

test.each(modules)('%s is a plain module without its types, and loads only modules of the page', (file) => {
  const code = stripTypeScriptTypes(read(file));
  for (const [, name = ''] of code.matchAll(/^(?:import|export)\b[^;'"`]*\bfrom\s*'([^']+)'/gm)) {
    const loaded = relative(folder, join(folder, dirname(file), name));
    expect([name, name.startsWith('.') && modules.includes(loaded)]).toEqual([name, true]);
  }
});

test('nothing is loaded from another place', () => {
  for (const file of files.filter((one) => !one.endsWith('.ts')))
    expect([file, read(file).match(/https?:\/\/(?!www\.w3\.org\/2000\/svg)|url\(/)]).toEqual([file, null]);
});

test('the page has no script and no style of its own inside, which its policy forbids', () => {
  const page = read('index.html');
  expect(page).not.toMatch(/<style|style=|<script(?![^>]*src=)| on\w+=/);
  const [, ...styles] = [...page.matchAll(/href="\/page\/([^"]+)"/g)].map(([, path]) => path);
  expect(files).toEqual(expect.arrayContaining(styles));
});

test('every style sheet and every module is used', () => {
  const page = read('index.html');
  const unused = files.filter((file) => file.endsWith('.css') && !page.includes(`/page/${file}`));
  expect(unused).toEqual([]);
});
