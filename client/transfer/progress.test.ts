import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { inBytes, type ProgressState, progressLine, showProgress } from './progress.ts';

const state: ProgressState = {
  what: 'sent',
  done: 500_000,
  all: 1_000_000,
  retransmissions: 7,
  rtt: 1.234,
  rto: 50.4,
  window: 64,
};

const CLEAR = '\r\x1b[2K';

/** The line with one space after its bar. */
const line = (given: Partial<ProgressState> = {}) =>
  progressLine({ ...state, ...given }, 200).replace(/\] */, '] ');

describe('the line', () => {
  test('has all figures', () => {
    expect(line()).toBe('sent [########........] 50 % 500.0 kB resent 7 RTT 1.2 ms RTO 50 ms window 64');
  });

  test.each([
    ['nothing yet', { done: 0 }, '[................] 0 % 0 B '],
    ['no more than is there', { done: 2_000_000 }, '[################] 100 % 2.0 MB '],
    ['no percent too many', { done: 999_499 }, '[###############.] 99 % 999.5 kB '],
    ['all of nothing', { done: 0, all: 0 }, '[################] 100 % 0 B '],
    ['no round trip that was not measured', { rtt: undefined }, ' RTT - RTO 50 ms '],
    ['returned bytes', { what: 'back' }, 'back ['],
  ])('shows %s', (_what, given, shown) => {
    expect(line(given)).toContain(shown);
  });
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [1_260, '1.3 kB'],
  [999_900, '999.9 kB'],
  [1_000_000, '1.0 MB'],
  [52_428_800, '52.4 MB'],
  [1_000_000_000, '1.00 GB'],
  [12_345_678_901, '12.35 GB'],
])('%d bytes are read as %s', (bytes, text) => {
  expect(inBytes(bytes)).toBe(text);
});

describe('on a terminal', () => {
  let written: string[];

  beforeEach(() => {
    written = [];
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  function show(screen: { isTTY?: boolean; columns?: number }) {
    return showProgress({ ...screen, write: (text) => written.push(text) }, () => state);
  }

  test('the line is updated ten times a second, and removed at the end', () => {
    const remove = show({ isTTY: true, columns: 200 });
    expect(written).toEqual([]);
    jest.advanceTimersByTime(250);
    expect(written).toEqual(Array(2).fill(`${CLEAR}${progressLine(state, 200)}`));
    remove();
    jest.advanceTimersByTime(250);
    expect(written.slice(2)).toEqual([CLEAR]);
  });

  test.each([
    ['its columns', { columns: 60 }, 'sent [########........]  50 % 500.0 kB resent 7 RTT 1.2 ms'],
    ['few of them', { columns: 30 }, 'sent [########........]  50 %'],
    [
      '80 of one that does not say how many it has',
      { columns: 0 },
      'sent [########........]  50 % 500.0 kB resent 7 RTT 1.2 ms RTO 50 ms window 64',
    ],
  ])('the line has as many whole figures as fit into %s, without the last column', (_what, screen, line) => {
    const remove = show({ isTTY: true, ...screen });
    jest.advanceTimersByTime(100);
    remove();
    expect(written[0]).toBe(`${CLEAR}${line}`);
  });

  test('nothing is drawn without a terminal', () => {
    const remove = show({ columns: 80 });
    jest.advanceTimersByTime(250);
    remove();
    expect(written).toEqual([]);
  });
});
