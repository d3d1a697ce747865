import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type FeedEvent, openFeed } from './feed.ts';
import { pcapHead, pcapRecord } from './records.ts';
import { defaults, testFolder } from './testing.ts';

const BEGIN = 1_000;
/** More than tshark may have before it answers. */
const MANY = 2_500;

const folder = testFolder();
const path = process.env.PATH;
/** The clock of the feed, in seconds. */
let seconds: number;

/** A frame of a broadcast. */
function record(time: number): Buffer {
  const bytes = Buffer.alloc(60);
  return pcapRecord({ seconds: time, nanoseconds: 0, time, bytes, length: 60, linkType: 1 });
}

beforeEach(() => {
  seconds = BEGIN;
  mkdirSync(join(folder.path, 'bin'));
  // A tshark that reads and answers nothing.
  writeFileSync(join(folder.path, 'bin', 'tshark'), '#!/bin/sh\nexec cat >/dev/null\n');
  chmodSync(join(folder.path, 'bin', 'tshark'), 0o755);
  process.env.PATH = `${join(folder.path, 'bin')}:${path}`;
  writeFileSync(join(folder.path, 'lab.log'), '{"event":"run","name":"slow"}\n');
  for (const host of ['server', 'client']) writeFileSync(join(folder.path, `${host}.pcap`), pcapHead(1));
});
afterEach(() => {
  process.env.PATH = path;
});

/** Follows the folder, and calls back at each turn. Returns when an event is there. */
async function until(isIt: (event: FeedEvent) => boolean, onTurn: () => void): Promise<FeedEvent> {
  const { promise, resolve } = Promise.withResolvers<FeedEvent>();
  const feed = await openFeed({
    folder: folder.path,
    defaults,
    clock: {
      now: () => seconds * 1_000,
      async sleep(milliseconds, signal) {
        signal?.throwIfAborted();
        // Faster than any clock, so that the test is soon over.
        seconds += milliseconds / 40;
        onTurn();
        await new Promise(setImmediate);
      },
    },
    signal: new AbortController().signal,
  });
  feed.listen((event) => {
    if (isIt(event)) resolve(event);
  });
  try {
    return await promise;
  } finally {
    await feed.close();
  }
}

test('packets that nobody dissects in time are left out, and that is said', async () => {
  let hasMany = false;
  const event = await until(
    (one) => one.name === 'problem' && one.data.about === 'speed',
    () => {
      if (hasMany || seconds < BEGIN + 20) return;
      hasMany = true;
      const frames = Buffer.concat(Array.from({ length: MANY }, () => record(BEGIN + 20)));
      for (const host of ['server', 'client']) appendFileSync(join(folder.path, `${host}.pcap`), frames);
    },
  );
  expect(event.data).toMatchObject({ text: expect.stringContaining('so some are left out') });
  expect(seconds).toBeGreaterThan(BEGIN + 23);
});
