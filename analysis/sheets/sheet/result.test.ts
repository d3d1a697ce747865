import { expect, test } from '@jest/globals';
import { forStudent, type Result } from './result.ts';

const one = { capture: 'client', number: 7 } as const;
const other = { capture: 'server', number: 7 } as const;
const did: Result = {
  ...{ question: '1', kind: 'did', points: 1, scored: 1, state: 'done', reason: '' },
  frames: [one, other],
};
const asked: Result = { ...did, question: '2', kind: 'frame', state: 'not-yet', truth: '7', frames: [one] };
const framesOf = (results: readonly Result[]) => forStudent(results).map(({ frames }) => frames);

test('a student sees no frame that an open question asks for, and no truth', () => {
  expect(framesOf([did, asked])).toEqual([[other], []]);
  expect(framesOf([did, { ...asked, state: 'wrong' }])).toEqual([[other], []]);
  expect(framesOf([did, { ...asked, state: 'done' }])).toEqual([[one, other], [one]]);
  expect(forStudent([asked])[0]).not.toHaveProperty('truth');
});
