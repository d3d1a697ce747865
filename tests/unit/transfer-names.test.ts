import { expect, test } from '@jest/globals';
import { codeOfMode, kinds, modeNames } from '#lib/transfer/kinds.ts';
import { pageNamed, read } from '../declared/project.ts';

const dissector = read('dissector/wirelab.lua');

/** The keys and values of a table of the dissector. */
function tableOf(name: string): [key: string, value: string][] {
  const [, table = ''] = new RegExp(`^local ${name} = \\{(.*)\\}$`, 'm').exec(dissector) ?? [];
  return Array.from(table.matchAll(/(\w+) = (?:'([^']*)'|true)/g), ([, key = '', value = '']) => [
    key,
    value,
  ]);
}

test('the dissector knows each mode of a transfer by its code', () => {
  expect(Object.fromEntries(tableOf('modes'))).toEqual(
    Object.fromEntries(Object.entries(codeOfMode).map(([name, code]) => [code, name])),
  );
});

test('the dissector knows each kind of a datagram', () => {
  expect(tableOf('kinds').map(([kind]) => kind)).toEqual([...kinds]);
});

test('make send lists each mode, and a page is about each', () => {
  const [, words = ''] = /^send:.*\bMODE=(\S+)/m.exec(read('Makefile')) ?? [];
  expect(words.split('|').toSorted()).toEqual(modeNames.toSorted());
  for (const mode of modeNames) expect(read(pageNamed(`${mode}.md`))).toContain('MODE=');
});
