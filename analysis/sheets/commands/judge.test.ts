import { expect, test } from '@jest/globals';
import { judgedIn, nothingJudged } from '../grading/judged.ts';
import { bounded } from './judge.ts';

test('a result of too many bytes is read without the frames for the page', () => {
  const frames = Array.from({ length: 1_001 }, (_, at) => ({ capture: 'client' as const, number: at + 1 }));
  const flag = { flag: 'journal-strange', details: [], count: 1_001, frames } as const;
  const texts = { source: '', destination: '', protocol: '', info: 'ü'.repeat(3_000) };
  const excerpts = frames.map((frame) => ({ ...frame, ...texts, time: 0, length: 0, payload: '', bytes: 0 }));
  const read = judgedIn(bounded({ ...nothingJudged, flags: [flag], excerpts }));
  expect(read?.excerpts).toEqual([]);
  expect(read?.flags[0]?.frames).toHaveLength(1_000);
});

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
