import { describe, expect, test } from '@jest/globals';
import { Draws, newSeed } from './random.ts';

const draw = (seed: string, stream: string, n: number) => new Draws(seed, stream).at(n);

describe('a draw', () => {
  test('has these numbers, for other programs that must agree', () => {
    expect([1, 2, 3, 4, 5].map((n) => draw('alice', 'http', n))).toEqual([
      0.1482179689050711, 0.8694141345307098, 0.5878131500547428, 0.5000936859640265, 0.397195897106453,
    ]);
  });

  test('is the same with and without the draws before it', () => {
    const draws = new Draws('alice', 'http');
    const inTurn = Array.from({ length: 50 }, (_, index) => draws.at(index + 1));
    expect(inTurn).toEqual(inTurn.map((_, index) => draw('alice', 'http', index + 1)));
    expect(new Set(inTurn).size).toBe(50);
    expect(draws.at(3)).toBe(inTurn[2]);
  });

  test.each(['alice', '', '7', 'ü€😀'])('is the same number for the same seed "%s", stream and n', (seed) => {
    expect(draw(seed, 'http', 1)).toBe(draw(seed, 'http', 1));
  });

  test.each([
    ['seed', draw('alice', 'http', 1), draw('bob', 'http', 1)],
    ['stream', draw('alice', 'http', 1), draw('alice', 'echo', 1)],
    ['n', draw('alice', 'http', 1), draw('alice', 'http', 2)],
    ['border between seed and stream', draw('ab', 'c', 1), draw('a', 'bc', 1)],
    ['border between stream and n', draw('a', 'b1', 2), draw('a', 'b', 12)],
  ])('differs for another %s', (_difference, one, other) => {
    expect(one).not.toBe(other);
  });

  test('is uniform in [0, 1): chi-square over ten bins stays below its 99.9th percentile', () => {
    const bins = new Array<number>(10).fill(0);
    for (let n = 1; n <= 10_000; n += 1) bins[Math.floor(draw('alice', 'http', n) * 10)]! += 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(27.88);
  });

  test('is independent in two streams of one seed: their correlation is random', () => {
    let sum = 0;
    for (let n = 1; n <= 900; n += 1)
      sum += (draw('alice', 'http', n) - 0.5) * (draw('alice', 'echo', n) - 0.5);
    // Each product has variance 1/144, so four standard deviations of the sum are 4 * 30 / 12.
    expect(Math.abs(sum)).toBeLessThan(10);
  });
});

test('newSeed is eight hex digits, and always new', () => {
  const seeds = Array.from({ length: 100 }, newSeed);
  expect(seeds).toEqual(seeds.map(() => expect.stringMatching(/^[0-9a-f]{8}$/)));
  expect(new Set(seeds).size).toBe(100);
});
