import { describe, expect, test } from '@jest/globals';
import { capturedIn } from './capture-records.ts';

describe('a capture was certainly running', () => {
  const record = (second: number, event: string, host = 'client') => ({
    timestamp: `2026-01-01T00:00:${second}Z`,
    ...{ program: 'capture', host, event, link: 7 },
  });
  const second = (number: number) => Date.parse(`2026-01-01T00:00:${number}Z`) / 1000;

  test.each([
    [
      'from its begin to its end, whose records have whole seconds and come late',
      [record(10, 'begin'), record(30, 'end'), record(40, 'begin')],
      [
        { host: 'client', from: second(11), to: second(27) },
        { host: 'client', from: second(41), to: Number.POSITIVE_INFINITY },
      ],
    ],
    ['never when it ended at once', [record(10, 'begin'), record(12, 'end')], []],
    ['never without a begin', [record(30, 'end')], []],
    [
      'and has its packets only since the last file was removed',
      [record(10, 'begin'), record(20, 'end'), record(21, 'begin'), record(30, 'removed'), record(40, 'end')],
      [{ host: 'client', from: second(31), to: second(37) }],
    ],
    [
      'whatever that of the other host did',
      [record(10, 'begin'), record(20, 'removed', 'server'), record(30, 'end', 'server'), record(40, 'end')],
      [{ host: 'client', from: second(11), to: second(37) }],
    ],
  ])('%s', (_when, records, captured) => {
    expect(capturedIn(records)).toEqual(captured);
  });
});
