import { expect, test } from '@jest/globals';
import { faults } from '#lib/faults/echo/all.ts';
import { decisions } from '#lib/journal/schema.ts';
import { quotedIn, tablesOf } from '../declared/markdown.ts';
import { read } from '../declared/project.ts';

/** The fields of a journal that the tables of a page name. */
function namedBy(page: string): string[] {
  const tables = tablesOf(read(page)).filter(({ head }) => head[0] === 'field' && head.at(-1) === 'meaning');
  return tables.flatMap(({ rows }) => rows.flatMap(([names = '']) => quotedIn(names)));
}

/** Those of a fault are in its file. */
const ofFaults = faults.flatMap((fault) => Object.keys(fault.fields));
const fields = {
  http: Object.keys(decisions.http.entries),
  message: [...new Set([...Object.keys(decisions.message.entries), ...ofFaults])],
  datagram: Object.keys(decisions.datagram.entries),
};

test.each([
  ['docs/http-server.md', fields.http],
  ['docs/echo-server.md', fields.message],
])('%s has a row of each field that its journal has', (page, own) => {
  expect(namedBy(page).toSorted()).toEqual(own.toSorted());
});

test('docs/reliable-transfer.md has a row of each field that is of datagrams alone', () => {
  const named = namedBy('docs/reliable-transfer.md').filter((name) => /^\w+$/.test(name));
  expect(named).toEqual(
    expect.arrayContaining(fields.datagram.filter((name) => !fields.message.includes(name))),
  );
  expect(fields.datagram).toEqual(expect.arrayContaining(named));
});
