import { expect, test } from '@jest/globals';
import { LANES } from '../model/film.ts';
import { geometryOf, glyphWidth, placeOf } from './geometry.ts';

const SIZES = [
  [360, 168, 1],
  [820, 240, 1],
  [1_880, 520, 1.7],
] as const;

test.each(SIZES)(
  'at %d × %d and scale %d all lanes are on the stage, and no packet is in a host',
  (width, height, scale) => {
    const geometry = geometryOf(width, height, scale, true);
    const wide = glyphWidth(geometry, 9);
    for (const direction of ['up', 'down'] as const) {
      for (let lane = 0; lane < LANES; lane += 1) {
        const [left, y] = placeOf(geometry, { at: 0, lane, direction, width: wide });
        const [right] = placeOf(geometry, { at: 1, lane, direction, width: wide });
        expect(y - geometry.glyphHeight / 2).toBeGreaterThanOrEqual(0);
        expect(y + geometry.glyphHeight / 2).toBeLessThanOrEqual(height);
        expect(left - wide / 2).toBeGreaterThan(geometry.start);
        expect(right + wide / 2).toBeLessThan(geometry.end);
      }
    }
  },
);

test('lanes of both directions are apart', () => {
  const geometry = geometryOf(820, 240, 1, false);
  const y = (direction: 'up' | 'down', lane: number) =>
    placeOf(geometry, { at: 0, lane, direction, width: 40 })[1];
  const all = [y('up', 2), y('up', 1), y('up', 0), y('down', 0), y('down', 1), y('down', 2)];
  for (const [index, one] of all.slice(1).entries())
    expect(one - all[index]!).toBeGreaterThanOrEqual(geometry.glyphHeight);
});

test('a longer label has a wider shape', () => {
  const geometry = geometryOf(820, 240, 1, false);
  expect(glyphWidth(geometry, 9)).toBeGreaterThan(glyphWidth(geometry, 3));
  expect(geometryOf(360, 190, 1, false).isNarrow).toBe(true);
});
