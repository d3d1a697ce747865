import { expect, test } from '@jest/globals';
import { judgedIn, nothingJudged } from '../grading/judged.ts';
import { bounded } from './judge.ts';

test('a result with more frames than a list may have is read', () => {
  const frames = Array.from({ length: 200_000 }, (_, at) => ({ capture: 'client' as const, number: at + 1 }));
  const result = {
    question: '1',
    kind: 'did',
    points: 1,
    scored: 1,
    state: 'done',
    reason: '',
    frames,
  } as const;
  expect(judgedIn(bounded({ ...nothingJudged, results: [result] }))?.results[0]?.frames).toHaveLength(1_000);
});
