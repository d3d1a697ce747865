import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { timer } from '#lib/runtime/timer.ts';
import { runBounded } from './bounded.ts';

const parts = { timer, now: Date.now, ends: new AbortController().signal };
const shell = (script: string, seconds = 20) =>
  runBounded(
    {
      file: 'sh',
      args: ['-c', script],
      folder: '/',
      environment: { PATH: '/usr/bin:/bin' },
      input: 'Hey\n',
      seconds,
    },
    parts,
  );

test('keeps what a program prints, and its exit code', async () => {
  expect(await shell('read -r word; echo "$word"; echo no >&2; exit 3')).toMatchObject({
    ...{ code: 3, stdout: 'Hey\n', stderr: 'no\n' },
    forced: undefined,
  });
});

test('ends a program whose time is over, with what it has started', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'bounded-')), 'survived');
  const ran = await shell(`(sleep 1; touch '${file}') & wait`, 0.2);
  expect(ran).toMatchObject({ forced: 'time', code: undefined });
  await sleep(1_500);
  expect(existsSync(file)).toBe(false);
});

test('closes the output of a process of another session that survives', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'bounded-')), 'printed');
  const ran = await shell(`setsid sh -c 'sleep 1; echo late && touch ${file}' & exit 0`);
  expect(ran).toMatchObject({ forced: undefined, code: 0 });
  await sleep(1_500);
  expect(existsSync(file)).toBe(false);
});

test('ends a program that prints without end, and keeps the begin', async () => {
  const ran = await shell('yes');
  expect(ran.forced).toBe('output');
  expect(ran.stdout.length).toBe(64 * 1024);
});

test('a program that does not exist has ended at once', async () => {
  const none = { file: '/none', args: [], folder: '/', environment: {}, input: '', seconds: 5 };
  expect(await runBounded(none, parts)).toMatchObject({ code: 127, forced: undefined });
});
