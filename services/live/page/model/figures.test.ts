import { expect, test } from '@jest/globals';
import { Figures } from './figures.ts';

const [english, german] = [new Figures('en'), new Figures('de')];

test.each([
  [17e-6, '17 µs'],
  [0.0028, '2.8 ms'],
  [0.5, '500 ms'],
  [2.99, '2.99 s'],
  [15, '15.0 s'],
  [750, '12 min 30 s'],
  [-0.001, '−1.0 ms'],
  [Number.NaN, '–'],
])('%d s is %s', (seconds, text) => {
  expect(english.duration(seconds).replaceAll('\u00a0', ' ')).toBe(text);
});

test('shares, bytes and rates have few digits', () => {
  const plain = (text: string) => text.replaceAll('\u00a0', ' ');
  expect([0.2, 0.025, 0.333, 1].map((share) => plain(english.percent(share)))).toEqual([
    '20 %',
    '2.5 %',
    '33 %',
    '100 %',
  ]);
  expect([0.02, 0.125, 0.3, 1, 0.0025, 0.07].map((share) => plain(english.exactPercent(share)))).toEqual([
    '2 %',
    '12.5 %',
    '30 %',
    '100 %',
    '0.25 %',
    '7 %',
  ]);
  expect([192, 64_000, 10_500_000].map((count) => plain(english.bytes(count)))).toEqual([
    '192 B',
    '64.0 kB',
    '10.5 MB',
  ]);
  expect([10, 1_000, 1.25e6, 2e8].map((rate) => plain(english.rate(rate)))).toEqual([
    '80 bit/s',
    '8.0 kbit/s',
    '10.0 Mbit/s',
    '1.60 Gbit/s',
  ]);
});

test('each language has its own digits', () => {
  expect(german.number(12_345.5, 1)).toBe('12.345,5');
  expect(german.duration(0.0028)).toBe('2,8\u00a0ms');
});
