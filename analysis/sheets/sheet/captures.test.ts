import { expect, test } from '@jest/globals';
import { capturesOf } from './captures.ts';
import { parseSheet } from './read-sheet.ts';

const ofWire = { filter: 'tcp', capture: 'wire' };
const ofClient = { filter: 'tcp' };

function capturesWith(question: object): string[] {
  const sheet = { title: { en: 'T' }, minutes: 1, questions: [{ id: '1', points: 1, ...question }] };
  return [...capturesOf(parseSheet('test', JSON.stringify(sheet)))].toSorted();
}

test.each([
  { kind: 'did', frames: ofWire },
  { kind: 'frame', frames: { ...ofClient, after: ofWire } },
  { kind: 'frame', frames: { ...ofClient, before: { ...ofClient, after: ofWire } } },
  { kind: 'bytes', truth: { frames: ofWire, field: 'tcp.payload' } },
  { kind: 'order', truth: { frames: ofWire, field: 'tcp.seq', each: true } },
  { kind: 'value', truth: { count: ofWire } },
  { kind: 'value', truth: { from: ofClient, to: ofWire } },
  { kind: 'value', truth: { over: [1, { plus: [2, { times: [{ count: ofWire }, 3] }] }] } },
  { kind: 'choice', options: { a: { en: 'A' }, b: { en: 'B' } }, truth: { count: ofWire } },
  { kind: 'value', truth: 1, capture: 'wire' },
])('a question that asks for the capture of the wire: %j', (question) => {
  expect(capturesWith(question)).toContain('wire');
});

test.each([
  { kind: 'did', frames: ofClient, hint: { en: 'not {"capture":"wire"}' } },
  { kind: 'entry', entries: { journal: 'wire' } },
  { kind: 'flow', flow: { wire: { queue: 20 } } },
  { kind: 'transfer', transfer: {} },
  { kind: 'value', truth: { entryCount: { journal: 'wire', where: { capture: 'wire' } } } },
  { kind: 'choice', options: { wire: { en: '"capture":"wire"' }, b: { en: 'B' } } },
])('a question that does not: %j', (question) => {
  expect(capturesWith(question)).toEqual(['client']);
});
