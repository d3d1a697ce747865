import { expect, test } from '@jest/globals';
import type { Assignment } from './assignment.ts';
import { drawsOf, valuesOf } from './draws.ts';
import type { Sheet } from './schema.ts';

const draws: Sheet['draws'] = {
  lost: { integer: [20, 24] },
  next: { integer: [3, 4], after: 'lost' },
  delay: { integer: [10, 50], step: 10 },
  rate: { pick: ['1mbit', '10mbit'] },
  faults: { order: ['loss', 'delay', 'none'] },
  spaced: { order: ['a', 'b'], between: ' then ' },
  text: { word: true },
};

function assignmentOf(student: string): Assignment {
  return { sheet: 's', course: '', student, nonce: '', language: 'en' };
}

test('each kind of draw stays within what the sheet allows, and takes each value', () => {
  const drawn = Array.from({ length: 200 }, (_, n) => drawsOf({ draws }, assignmentOf(`student${n}`)));
  const all = (name: string) => [...new Set(drawn.map(({ [name]: value }) => value))].sort();
  expect(all('lost')).toEqual([20, 21, 22, 23, 24]);
  expect(all('delay')).toEqual([10, 20, 30, 40, 50]);
  expect(all('rate')).toEqual(['10mbit', '1mbit']);
  expect(all('faults')).toHaveLength(6);
  expect(all('spaced')).toEqual(['a then b', 'b then a']);
  for (const { lost, next } of drawn) expect([3, 4]).toContain(Number(next) - Number(lost));
});

test('the same student has the same numbers, and a new draw changes no other', () => {
  const ada = assignmentOf('ada');
  const { text, ...before } = drawsOf({ draws }, ada);
  const { text: _, ...others } = draws;
  expect(drawsOf({ draws: others }, ada)).toEqual(before);
  expect(text).toMatch(/^[a-z]{5}$/);
});

test('a sheet can use the checksum of what is drawn', () => {
  const other = { text: { pick: ['Hey', 'Hey'] }, tag: { checksum: 'text' } } satisfies Sheet['draws'];
  expect(drawsOf({ draws: other }, assignmentOf('ada')).tag).toBe('e4599fa9');
});

test('a sheet can also use addresses, ports and the seed of the run', () => {
  const run = {
    addresses: { client: '10.0.1.2', server: '10.0.28.182' },
    ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
  };
  expect(valuesOf({ draws: {} }, assignmentOf('ada'), run)).toEqual({
    ...{
      client: '10.0.1.2',
      server: '10.0.28.182',
      student: 'ada',
      seed: expect.stringMatching(/^[0-9a-f]{16}$/),
    },
    ...{ http: 8080, https: 8443, echo: 9090, echo_tls: 9443 },
  });
});
