import { Socket } from 'node:net';
import { expect, jest, test } from '@jest/globals';
import { type Sleep, sleep, sleepWhileOpen } from './sleep.ts';

test('sleep rejects when its signal is aborted', async () => {
  const leaving = new AbortController();
  const sleeping = sleep(60_000, leaving.signal);
  leaving.abort();
  await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
});

test.each([0, 0.3, 1, 2.7, 20])('sleep is never early: %d ms', async (milliseconds) => {
  const began = performance.now();
  await sleep(milliseconds, new AbortController().signal);
  expect(performance.now() - began).toBeGreaterThanOrEqual(milliseconds);
});

test('sleepWhileOpen waits its time and removes its listener', async () => {
  const socket = new Socket();
  const listeners = socket.listenerCount('close');
  const wait = jest.fn<Sleep>().mockResolvedValue();
  await sleepWhileOpen(socket, 1_500, wait);
  expect(wait.mock.calls).toEqual([[1_500, expect.any(AbortSignal)]]);
  expect(socket.listenerCount('close')).toBe(listeners);
});

test('sleepWhileOpen ends when the socket closes', async () => {
  const socket = new Socket();
  const waited = sleepWhileOpen(socket, 60_000, sleep);
  socket.destroy();
  await expect(waited).resolves.toBeUndefined();
});

test('sleepWhileOpen does not begin when the socket is closed', async () => {
  const wait = jest.fn<Sleep>();
  await sleepWhileOpen(new Socket().destroy(), 60_000, wait);
  expect(wait).not.toHaveBeenCalled();
});

test('sleepWhileOpen throws an error of the sleep while the socket is open', async () => {
  const wrong = new Error('no timer');
  await expect(sleepWhileOpen(new Socket(), 1, () => Promise.reject(wrong))).rejects.toBe(wrong);
});
