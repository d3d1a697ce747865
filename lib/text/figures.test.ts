import { describe, expect, test } from '@jest/globals';
import { counted, duration, median, percent } from './figures.ts';

/** The text with plain spaces. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}

describe('figures', () => {
  test.each([
    [0, '0 µs'],
    [0.000_031, '31 µs'],
    [0.000_999_9, '1.0 ms'],
    [0.0421, '42.1 ms'],
    [0.099_99, '0.100 s'],
    [2.990_83, '2.991 s'],
    [15.001, '15.00 s'],
    [99.99, '1 min 40 s'],
    [750, '12 min 30 s'],
    [-0.0012, '−1.2 ms'],
    [Number.NaN, '–'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(plain(duration(seconds))).toBe(text);
  });

  test('shares are in percent, and there is none of nothing', () => {
    expect(plain(percent(0.2))).toBe('20.0 %');
    expect(percent(Number.NaN)).toBe('–');
  });

  test('digits are grouped, and 1 is singular', () => {
    expect(counted(1, 'frame')).toBe('1 frame');
    expect(counted(12_345, 'frame')).toBe('12,345 frames');
    expect(counted(2, 'entry', 'entries')).toBe('2 entries');
  });

  test('the median is the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});
