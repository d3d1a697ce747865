import { expect, test } from '@jest/globals';
import { timestamps } from './timestamps.ts';

test('formats each time, also the same one again', () => {
  const times = ['2025-01-02T03:04:05.006Z', '2025-01-02T03:04:05.006Z', '2025-01-02T03:04:05.007Z'];
  const left = times.map((time) => new Date(time));
  const timestamp = timestamps(() => left.shift()!);
  expect(times.map(timestamp)).toEqual(times);
});
