import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { chosenStages, planOf } from './plan.ts';
import { stageOf } from './program-testing.ts';
import { programSheetIn } from './read-program.ts';
import { placesIn } from './sheet/places.ts';
import { recordsIn } from './sheet/record.ts';

const places = placesIn({ LAB_SERVER_ADDRESS: '10.0.28.182', HTTP_PORT: '8080', ECHO_PORT: '9090' });
const lab = { delays: { from: 0, to: 10 }, loss: 'notice', mode: 'echo', token: '' };

const sheetsFolder = join(import.meta.dirname, '../../../sheets');
const sheets = ['resilient-client', 'reliable-sender', 'echo-server'].map((name) =>
  programSheetIn(readFileSync(join(sheetsFolder, name, 'program.json'), 'utf8'), name),
);

test('each sheet about a program has 100 points and a plan', () => {
  for (const { stages } of sheets) {
    expect(stages.reduce((sum, { points }) => sum + points, 0)).toBe(100);
    const steps = planOf(stages, { seed: 'a', lab, places });
    expect(steps.filter(([by]) => by === 'run' || by === 'serve')).toHaveLength(stages.length);
  }
});

test('a stage sets the faults of its server before its program runs', () => {
  const stage = stageOf({ id: 'reset', faults: 'script:reset,none' });
  expect(planOf([stage], { seed: 'a', lab, places })).toEqual([
    ['stage', 'reset'],
    ['echo', '--tcp', 'script:reset,none', '--seed', 'a-reset'],
    ['run', 'reset'],
  ]);
});

test('all settings that a check can not use are named together', () => {
  const other = { ...lab, loss: 'silent', token: 'secret' };
  const refused = /^ECHO_LOSS is "silent"; allowed .*: notice\nLAB_TOKEN has a value that is not shown/;
  expect(() => planOf([stageOf({})], { seed: 'a', lab: other, places })).toThrow(refused);
});

test('several stages can be chosen', () => {
  const [sheet] = sheets;
  expect(chosenStages(sheet!, 'reset, echo').map(({ id }) => id)).toEqual(['echo', 'reset']);
  expect(() => chosenStages(sheet!, 'rest')).toThrow('STAGE is "rest"; allowed: echo, datagrams,');
});

test('all problems of a sheet are named together', () => {
  const stage = { ...stageOf({}), points: 0, partner: 'smtp' };
  const text = JSON.stringify({ title: 'T', prints: ['x'], stages: [stage] });
  expect(() => programSheetIn(text, 'sheets/x/program.json')).toThrow(
    /^sheets\/x\/program.json: stages.0.points: .*\nsheets\/x\/program.json: stages.0.partner: /,
  );
});

test('records of a program and of our clients', () => {
  const ran = { stage: 'one', began: 1, ended: 2, code: 0, stdout: '', stderr: '' };
  const client = { stage: 'one', client: { body: 'Hey', answered: true, attempts: [] } };
  const { stages, clients } = recordsIn(`${JSON.stringify(ran)}\n${JSON.stringify(client)}\n`);
  expect(stages).toEqual([ran]);
  expect(clients.get('one')).toEqual([{ body: 'Hey', answered: true }]);
  expect(() => recordsIn('{"stage":')).toThrow("a record of a stage can't be read");
});
