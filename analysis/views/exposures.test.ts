import { expect, test } from '@jest/globals';
import { Exposures } from './exposures.ts';

test('one line sums up what was exposed, with frames and secrets', () => {
  const exposures = new Exposures();
  expect(exposures.line).toBe('Exposed in plain text: nothing');
  exposures.add(5, { what: 'body', text: 'Hey' });
  expect(exposures.line).toBe('Exposed in plain text: 1 body (frame 5)');
  for (const frame of [9, 11, 14]) exposures.add(frame, { what: 'body', text: 'Hey' });
  exposures.add(31, { what: 'credentials', text: 'alice:secret' });
  expect(exposures.line).toBe(
    'Exposed in plain text: 4 bodies (frames 5, 9, 11, 14), 1 password (frame 31: alice:secret)',
  );
  exposures.add(35, { what: 'credentials', text: 'alice:secret' });
  exposures.add(36, { what: 'credentials', text: 'token=b' });
  expect(exposures.line).toMatch(/3 passwords \(frames 31, 35: alice:secret; frame 36: token=b\)$/);
});

test('each secret is named with its frames, and so is each body', () => {
  const exposures = new Exposures();
  for (const frame of [4, 8, 15, 16, 23]) {
    exposures.add(frame, { what: 'body', text: 'Hey' });
    exposures.add(frame, { what: 'credentials', text: `user${frame}:secret` });
    for (const what of ['bearer token', 'cookie'] as const) exposures.add(frame, { what, text: 'same' });
  }
  const secrets = [4, 8, 15, 16, 23].map((frame) => `frame ${frame}: user${frame}:secret`).join('; ');
  const all = 'frames 4, 8, 15, 16, 23';
  expect(exposures.line).toBe(
    `Exposed in plain text: 5 bodies (${all}), 5 passwords (${secrets}), 5 bearer tokens (${all}: same), 5 cookies (${all}: same)`,
  );
});

test('a frame with several exposures is named once', () => {
  const exposures = new Exposures();
  for (const frame of [7, 7, 8]) exposures.add(frame, { what: 'cookie', text: 'a=1' });
  expect(exposures.line).toBe('Exposed in plain text: 3 cookies (frames 7, 8: a=1)');
});

test('frames and texts beyond the limits of the line are counted', () => {
  const exposures = new Exposures();
  for (let frame = 1; frame <= 1_000; frame += 1) {
    exposures.add(frame, { what: 'body', text: 'Hey' });
    exposures.add(frame, { what: 'bearer token', text: 'same' });
    exposures.add(frame, { what: 'cookie', text: `${frame}`.padEnd(100, '.') });
  }
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
  const first = `frames ${numbers(20).join(', ')} and 980 more`;
  const cookies = numbers(50).map((frame) => `frame ${frame}: ${`${frame}`.padEnd(60, '.')}…`);
  expect(exposures.line).toBe(
    `Exposed in plain text: 1000 bodies (${first}), 1000 bearer tokens (${first}: same), 1000 cookies (${cookies.join('; ')}; and 950 more)`,
  );
});

test('the summaries for JSON have all frames and texts, up to 10,000 of each kind', () => {
  const exposures = new Exposures();
  const add = (frame: number) => {
    exposures.add(frame, { what: 'credentials', text: 'alice:secret' });
    exposures.add(frame, { what: 'cookie', text: `id=${frame}` });
  };
  for (let frame = 1; frame <= 10_000; frame += 1) add(frame);
  const [all, cookies] = exposures.summaries;
  expect(all).toMatchObject({ count: 10_000, texts: [{ text: 'alice:secret', count: 10_000 }] });
  expect(all!.frames).toHaveLength(10_000);
  expect(all!.texts[0]!.frames).toEqual(all!.frames);
  expect(cookies!.texts.at(-1)).toEqual({ text: 'id=10000', count: 1, frames: [10_000] });
  expect(JSON.stringify(exposures.summaries)).not.toContain('more');

  for (let frame = 10_001; frame <= 10_007; frame += 1) add(frame);
  exposures.add(10_008, { what: 'credentials', text: 'bob:late' });
  const [credentials, more] = exposures.summaries;
  expect(credentials).toMatchObject({ count: 10_008, moreFrames: 8 });
  // A repeated text takes no room from new ones.
  expect(credentials!.texts[1]).toEqual({ text: 'bob:late', count: 1, frames: [10_008] });
  expect(more).toMatchObject({ count: 10_007, moreFrames: 7, moreTexts: 7 });
  expect(more!.texts).toHaveLength(10_000);
  expect(exposures.line).toContain('; and 9957 more)');
});
