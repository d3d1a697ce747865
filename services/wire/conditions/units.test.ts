import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rate, size, time, type Unit } from './units.ts';

describe.each<[string, Unit, [string, number][], string[]]>([
  [
    'time',
    time,
    [
      ['0ms', 0],
      ['50ms', 50],
      ['1.5s', 1_500],
      ['50MS', 50],
      ['0.25ms', 0.25],
      ['0.0000001ms', 0],
      ['1.1s', 1_100],
    ],
    [
      '',
      '50',
      'ms',
      '-5ms',
      '+5ms',
      '.5ms',
      '5.ms',
      '5 ms',
      '5us',
      '1e3ms',
      '5constructor',
      '5tostring',
      '5ms5s',
    ],
  ],
  [
    'rate',
    rate,
    [
      ['8bit', 8],
      ['500kbit', 500_000],
      ['10mbit', 1e7],
      ['10Mbit', 1e7],
      ['1.5gbit', 1.5e9],
    ],
    ['', '10', '10m', '10mb', '10MB', '10mbit/s'],
  ],
  [
    'size',
    size,
    [
      ['1500B', 1_500],
      ['64kB', 64_000],
      ['1.5MB', 1_500_000],
    ],
    ['', '64', '64k', '64kb', '64KB', '1500b', '1500 B'],
  ],
])('a %s', (_name, unit, allowed, refused) => {
  test.each(allowed)('is read: %s is %d', (text, value) => {
    expect(unit.parse(text)).toBe(value);
  });

  test.each(refused)('is not "%s"', (text) => {
    expect(unit.parse(text)).toBeUndefined();
  });

  test('is read back as what was written', () => {
    const value = fc.oneof(
      fc.integer({ min: 0, max: 1e10 }),
      fc.integer({ min: 0, max: 6_000_000 }).map((hundredths) => hundredths / 100),
    );
    fc.assert(fc.property(value, (number) => expect(unit.parse(unit.format(number))).toBe(number)));
  });
});

test.each([
  [time, 0, '0ms'],
  [time, 999, '999ms'],
  [time, 1_500, '1.5s'],
  [rate, 1e7, '10mbit'],
  [rate, 1_234_567_891, '1.234567891gbit'],
  [size, 999, '999B'],
  [size, 64_000, '64kB'],
])('a value is written in the largest unit that it fills: %#', (unit, value, text) => {
  expect(unit.format(value)).toBe(text);
});
