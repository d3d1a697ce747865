import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { GroupedLog } from './grouped-log.ts';
import type { Log } from './log.ts';

const info = jest.fn<(text: string) => void>();
const printed = () => info.mock.calls.flat();
let grouped: GroupedLog;

beforeEach(() => {
  jest.useFakeTimers();
  info.mockReset();
  grouped = new GroupedLog({ info } as unknown as Log);
});

afterEach(() => {
  jest.useRealTimers();
});

test('prints the lines of a hundredth of a second together, in their order', () => {
  for (const text of ['one', 'two\n', 'three']) grouped.say(text);
  expect(printed()).toEqual([]);
  jest.advanceTimersByTime(10);
  expect(printed()).toEqual(['one\ntwo\n\nthree']);
});

test('prints each group once', () => {
  for (const text of ['one', 'two']) {
    grouped.say(text);
    jest.advanceTimersByTime(10);
  }
  jest.advanceTimersByTime(100);
  expect(printed()).toEqual(['one', 'two']);
});

test('flush prints the waiting lines at once, and only once', () => {
  grouped.say('last words');
  grouped.flush();
  jest.advanceTimersByTime(100);
  expect(printed()).toEqual(['last words']);
});
