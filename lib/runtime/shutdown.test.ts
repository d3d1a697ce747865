import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { onShutdown } from './shutdown.ts';

function createProcess() {
  const { promise: exited, resolve } = Promise.withResolvers<number>();
  const exit = jest.fn(resolve);
  const target = Object.assign(new EventEmitter(), { exit });
  return { target: target as unknown as NodeJS.Process, exit, exited };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test.each(['SIGTERM', 'SIGINT'] as const)('%s closes, then exits 0', async (signal) => {
  const { target, exit, exited } = createProcess();
  const { promise: closed, resolve: closeDone } = Promise.withResolvers<void>();
  onShutdown(target, () => closed);
  target.emit(signal);
  await Promise.resolve();
  expect(exit).not.toHaveBeenCalled();
  closeDone();
  expect(await exited).toBe(0);
});

test('closes once, also when more signals follow', async () => {
  const { target, exit, exited } = createProcess();
  const close = jest.fn(async () => {});
  onShutdown(target, close);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) target.emit(signal);
  await exited;
  expect(close).toHaveBeenCalledTimes(1);
  expect(exit.mock.calls).toEqual([[0]]);
});

test('exits 1 when closing fails', async () => {
  const { target, exited } = createProcess();
  onShutdown(target, () => Promise.reject(new Error('no')));
  target.emit('SIGTERM');
  expect(await exited).toBe(1);
});

test('exits 1 when closing takes longer than two seconds', () => {
  const { target, exit } = createProcess();
  onShutdown(target, () => new Promise(() => {}));
  target.emit('SIGTERM');
  jest.advanceTimersByTime(1_999);
  expect(exit).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(exit.mock.calls).toEqual([[1]]);
});
