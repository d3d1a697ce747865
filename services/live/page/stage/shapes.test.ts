import { expect, test } from '@jest/globals';
import { kinds } from '../model/kind.ts';
import { burstOf, outlineOf } from './shapes.ts';

test('each kind has a shape of its own, and an altered packet none of them', () => {
  const all = [...kinds.map((kind) => outlineOf(kind, 60, 28, false)), burstOf(60, 28)];
  expect(new Set(all).size).toBe(kinds.length + 1);
  for (const path of all) expect(path).not.toMatch(/NaN|undefined/);
});

test('the tip of a request is to where it goes', () => {
  expect(outlineOf('request', 60, 20, false)).toBe('M-30 -10H23L30 0L23 10H-30Z');
  expect(outlineOf('request', 60, 20, true)).toBe('M30 -10H-23L-30 0L-23 10H30Z');
  expect(outlineOf('answer', 60, 20, true)).toBe(outlineOf('answer', 60, 20, false));
});
