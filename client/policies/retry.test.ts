import { expect, jest, test } from '@jest/globals';
import type { Sleep } from '#lib/runtime/sleep.ts';
import { exponentialBackoff, noBackoff } from './backoff.ts';
import { retry } from './retry.ts';

const failure = (retryable?: boolean) => Object.assign(new Error('failed'), { retryable });

/** Runs an operation that fails with these errors in turn, then succeeds. */
async function run(errors: Error[], { attempts = 5, backoff = noBackoff, sleep = jest.fn<Sleep>() } = {}) {
  const made: number[] = [];
  const { signal } = new AbortController();
  const result = await retry({ attempts, backoff }, { sleep, signal }, async (attempt) => {
    made.push(attempt);
    const error = errors[attempt - 1];
    if (error) throw error;
    return 'done';
  }).catch((error: Error) => error);
  return { result, made, delays: sleep.mock.calls.map(([milliseconds]) => milliseconds) };
}

test('an operation that succeeds is run once', async () => {
  expect(await run([])).toEqual({ result: 'done', made: [1], delays: [] });
});

test('attempts follow each other at once without backoff', async () => {
  expect(await run([failure(true), failure(true)])).toEqual({ result: 'done', made: [1, 2, 3], delays: [] });
});

test('the backoff waits before each further attempt', async () => {
  const backoff = exponentialBackoff({ first: 100, longest: 300, random: () => 1 });
  const { delays } = await run(
    [1, 2, 3, 4].map(() => failure(true)),
    { backoff },
  );
  expect(delays).toEqual([100, 200, 300, 300]);
});

test('the last error is thrown when the attempts are used up', async () => {
  const errors = [1, 2, 3].map(() => failure(true));
  expect(await run(errors, { attempts: 3 })).toEqual({ result: errors[2], made: [1, 2, 3], delays: [] });
});

test.each([
  ['does not allow a retry', failure(false)],
  ['does not mention a retry', failure()],
])('an error that %s ends it', async (_what, error) => {
  expect(await run([error])).toEqual({ result: error, made: [1], delays: [] });
});

test.each([
  ['in an attempt', noBackoff],
  ['in a wait', () => 100],
])('an interruption %s ends it', async (_when, backoff) => {
  const interrupt = new AbortController();
  const sleep: Sleep = async (_milliseconds, signal) => {
    interrupt.abort();
    signal.throwIfAborted();
  };
  const attempt = jest.fn(async () => {
    if (backoff === noBackoff) interrupt.abort();
    throw failure(true);
  });
  const { signal } = interrupt;
  await expect(retry({ attempts: 5, backoff }, { sleep, signal }, attempt)).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(attempt).toHaveBeenCalledTimes(1);
});
