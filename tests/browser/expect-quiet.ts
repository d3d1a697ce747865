import { expect } from '@jest/globals';
import type { Look } from './look.ts';

/** What holds of every report, whatever is in it. */
export function expectQuiet({ complaints, asked, views }: Look): void {
  expect(complaints).toEqual([]);
  expect(asked).toEqual([]);
  for (const { overhang, hanging } of views) {
    expect(hanging).toEqual([]);
    expect(overhang).toBeLessThanOrEqual(0);
  }
}
