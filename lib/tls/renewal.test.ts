import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Timer } from '#lib/runtime/timer.ts';
import { onRenewed, readPatiently } from './renewal.ts';

describe('reading patiently', () => {
  test('returns what is there', async () => {
    expect(await readPatiently(async () => 'certificates', 0)).toBe('certificates');
  });

  test('waits for what is not there yet', async () => {
    let tries = 0;
    const read = async () => {
      tries += 1;
      if (tries < 3) throw new Error('not there');
      return tries;
    };
    expect(await readPatiently(read, 10_000)).toBe(3);
  });

  test('gives up with the last reason', async () => {
    const read = () => Promise.reject(new Error('not there'));
    await expect(readPatiently(read, 60)).rejects.toThrow('not there');
  });
});

describe('a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const fail = (problem: unknown) => {
    throw problem;
  };

  async function replace(name: string) {
    await writeFile(join(folder, 'new'), name);
    await rename(join(folder, 'new'), join(folder, name));
  }

  /** A timer that rings when a test lets it, and the callbacks that wait for it. */
  function manualTimer() {
    const waiting = new Set<() => void>();
    const timer: Timer = (_milliseconds, ring) => {
      waiting.add(ring);
      begun.resolve();
      return () => void waiting.delete(ring);
    };
    const begun = Promise.withResolvers<void>();
    return { timer, waiting, begun: begun.promise };
  }

  test('whose files are replaced one by one is renewed once', async () => {
    let calls = 0;
    const call = () => {
      calls += 1;
    };
    const { timer, waiting, begun } = manualTimer();
    const end = onRenewed(folder, call, fail, timer);
    await replace('key.pem');
    await replace('certificate.pem');
    await begun;
    expect(waiting.size).toBe(1);
    for (const ring of waiting) ring();
    end();
    expect(calls).toBe(1);
  });

  test('that is missing is reported', () => {
    const problems: unknown[] = [];
    onRenewed(
      join(folder, 'gone'),
      () => undefined,
      (problem) => problems.push(problem),
    )();
    expect(problems).toEqual([expect.objectContaining({ code: 'ENOENT' })]);
  });

  test('that is not watched any more calls nobody', async () => {
    const { timer, waiting, begun } = manualTimer();
    const end = onRenewed(folder, () => undefined, fail, timer);
    await replace('key.pem');
    await begun;
    end();
    const other = manualTimer();
    const again = onRenewed(folder, () => undefined, fail, other.timer);
    await replace('ca.pem');
    await other.begun;
    again();
    expect([waiting.size, other.waiting.size]).toEqual([0, 0]);
  });
});
