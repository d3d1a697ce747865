import { expect, test } from '@jest/globals';
import { faults } from '#lib/faults/echo/all.ts';
import { decisions, events } from '#lib/journal/schema.ts';
import { wireDecision, wireEvents } from '#lib/journal/wire-schema.ts';
import { quotedIn, tablesUnder } from '../declared/markdown.ts';
import { pageNamed, read } from '../declared/project.ts';

const tables = tablesUnder(read(pageNamed('journal.md')), 'field').filter(
  ({ head }) => head.at(-1) === 'meaning',
);

/** The fields that the tables under a heading name, without the columns and tables that say more of a field. */
function fieldsUnder(...headings: readonly string[]): string[] {
  return tables
    .filter(({ heading }) => headings.includes(heading))
    .flatMap(({ rows }) => rows.flatMap(([names = '']) => quotedIn(names)))
    .toSorted();
}

const shared = fieldsUnder('Every entry', 'The client', 'Where the packets are');
const ofEvents = fieldsUnder('Every entry', 'Events');

/** Those of a fault are in its file. */
const ofFaults = faults.flatMap((fault) => Object.keys(fault.fields));
const ofMessages = [...new Set([...Object.keys(decisions.message.entries), ...ofFaults])];

test.each([
  ['HTTP requests', Object.keys(decisions.http.entries)],
  ['Messages', ofMessages],
])('the page of journals has a row of each field under %s', (heading, own) => {
  expect([...shared, ...fieldsUnder(heading)].toSorted()).toEqual(own.toSorted());
});

test('the page of journals has a row of each field that datagrams alone have', () => {
  const own = Object.keys(decisions.datagram.entries).filter((name) => !ofMessages.includes(name));
  expect(fieldsUnder('Datagrams')).toEqual(own.toSorted());
});

test.each(events.map(({ entries }) => [entries.event.literal, Object.keys(entries)] as const))(
  'the page of journals has a row of each field of the event %s',
  (name, own) => {
    const client = own.includes('client_ip') ? fieldsUnder('The client') : [];
    // Whose handshake it was, a reader adds.
    const inTheFile = name === 'handshake' ? own.filter((field) => field !== 'server') : own;
    expect([...ofEvents, ...client, ...fieldsUnder(name)].toSorted()).toEqual(inTheFile.toSorted());
  },
);

test('the page of journals has a row of each field of the wire', () => {
  const ofLine = fieldsUnder('Every entry');
  const own = (all: readonly string[]) =>
    [...new Set(all)].filter((name) => !ofLine.includes(name)).toSorted();
  expect(fieldsUnder('Decisions of the wire')).toEqual(own(Object.keys(wireDecision.entries)));
  expect(fieldsUnder('Events of the wire')).toEqual(
    own(wireEvents.flatMap(({ entries }) => Object.keys(entries))),
  );
});
