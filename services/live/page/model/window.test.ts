import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Heights } from './window.ts';

const rows = (heights: readonly number[]) => heights.map((height, key) => ({ key, height }));
const same = (count: number) => rows(new Array<number>(count).fill(40));
const heightOf = ({ height }: { readonly height: number }) => height;

test('only the rows in sight are drawn, and those beside them', () => {
  const heights = new Heights();
  heights.layOut(same(5_000), heightOf);
  expect(heights.total).toBe(200_000);
  expect(heights.drawn(4_000, 4_399, 2)).toEqual({ from: 98, to: 112, above: 3_920, below: 195_520 });
  expect(heights.drawn(0, 100, 5)).toMatchObject({ from: 0, above: 0 });
  expect(heights.drawn(199_990, 200_400, 5)).toMatchObject({ to: 5_000, below: 0 });
});

test('a measured height replaces the estimate', () => {
  const heights = new Heights();
  heights.layOut(same(3), heightOf);
  expect(heights.measure(1, 100)).toBe(true);
  expect(heights.measure(1, 100.2)).toBe(false);
  heights.layOut(same(3), heightOf);
  expect([0, 1, 2, 3].map((index) => heights.top(index))).toEqual([0, 40, 140, 180]);
  expect([0, 39, 40, 139, 140, 999].map((offset) => heights.at(offset))).toEqual([0, 0, 1, 1, 2, 2]);
});

test('an empty list draws nothing', () => {
  const heights = new Heights();
  heights.layOut([], heightOf);
  expect(heights.drawn(0, 500, 5)).toEqual({ from: 0, to: 0, above: 0, below: 0 });
  expect(heights.at(10)).toBe(0);
});

test('space above, rows and space below are always the whole', () => {
  const all = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(all, fc.integer({ min: 0, max: 40_000 }), (list, top) => {
      const heights = new Heights();
      heights.layOut(rows(list), heightOf);
      const { from, to, above, below } = heights.drawn(top, top + 500, 3);
      const drawn = list.slice(from, to).reduce((sum, height) => sum + height, 0);
      expect(above + drawn + below).toBeCloseTo(heights.total, 6);
    }),
  );
});
