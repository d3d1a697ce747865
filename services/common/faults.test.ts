import { expect, test } from '@jest/globals';
import { parseProfile, pick } from './fault-profile.ts';
import { FaultChangeError, Faults } from './faults.ts';
import { draw } from './random.ts';

const names = { noun: 'fault', faults: ['loss', 'delay'], rest: 'none' } as const;
const even = parseProfile('loss=0.3,delay=0.3', names).profile!;

function createFaults(seed = 'alice') {
  return new Faults('echo', names, { profile: even, seed });
}

function take(faults: ReturnType<typeof createFaults>, count: number) {
  return Array.from({ length: count }, () => faults.next());
}

/** Draws `from` to `to` as they must be. */
function drawn(seed: string, from: number, to: number, profile = even) {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    fault: pick(profile, names, draw(seed, 'echo', from + index)),
    draw: from + index,
  }));
}

test('the same seed gives the same faults in the same order, numbered from 1', () => {
  expect(take(createFaults(), 50)).toEqual(drawn('alice', 1, 50));
  expect(take(createFaults(), 50)).toEqual(take(createFaults(), 50));
});

test('another seed gives another order', () => {
  expect(take(createFaults('bob'), 50)).not.toEqual(take(createFaults(), 50));
});

test('a new seed begins at draw 1', () => {
  const faults = createFaults();
  take(faults, 7);
  faults.change({ seed: 'bob' });
  expect(take(faults, 20)).toEqual(drawn('bob', 1, 20));
});

test('a new profile alone goes on with the next draw of the same seed', () => {
  const faults = createFaults();
  take(faults, 7);
  faults.change({ profile: 'delay=0.9' });
  expect(take(faults, 20)).toEqual(drawn('alice', 8, 27, parseProfile('delay=0.9', names).profile));
});

test('a reset goes back to the configured profile and seed, at draw 1', () => {
  const faults = createFaults();
  faults.change({ profile: 'loss=1', seed: 'bob' });
  take(faults, 7);
  faults.change({ reset: true });
  expect(take(faults, 20)).toEqual(drawn('alice', 1, 20));
});

test('a reset goes first, and what else is asked for applies to the configured settings', () => {
  const faults = createFaults();
  faults.change({ profile: 'loss=1', seed: 'bob' });
  faults.change({ reset: true, seed: 'carol' });
  expect(faults.status()).toMatchObject({ profile: 'loss=0.3,delay=0.3', seed: 'carol', draws: 0 });
});

test('a refused change lists every problem and changes nothing', () => {
  const faults = createFaults();
  take(faults, 7);
  const before = faults.status();
  const refused = () => faults.change({ profile: 'loss=0.9,lost=0.1,delay=0.9', seed: '', reset: true });
  expect(refused).toThrow(FaultChangeError);
  expect(refused).toThrow(
    expect.objectContaining({
      code: 'LAB_FAULT_CHANGE',
      problems: [
        'profile: "lost=0.1" names no fault; allowed: loss, delay, or none alone',
        'profile: the probabilities add up to 1.8; allowed: at most 1',
        'seed: is empty; allowed: any other text',
      ],
    }),
  );
  expect(faults.status()).toEqual(before);
  expect(take(faults, 3)).toEqual(drawn('alice', 8, 10));
});

test('status names the settings in force, and each fault with its probability and count', () => {
  const faults = createFaults();
  const counted = take(faults, 100);
  const count = (fault: string) => counted.filter((decision) => decision.fault === fault).length;
  expect(faults.status()).toEqual({
    server: 'echo',
    noun: 'fault',
    profile: 'loss=0.3,delay=0.3',
    seed: 'alice',
    draws: 100,
    counts: [
      { fault: 'loss', probability: 0.3, count: count('loss') },
      { fault: 'delay', probability: 0.3, count: count('delay') },
      { fault: 'none', probability: 0.4, count: count('none') },
    ],
  });
});

test('counts begin again with new settings', () => {
  const faults = createFaults();
  take(faults, 100);
  faults.change({ profile: 'loss=1' });
  take(faults, 3);
  expect(faults.status()).toMatchObject({
    profile: 'loss=1',
    draws: 103,
    counts: [
      { fault: 'loss', probability: 1, count: 3 },
      { fault: 'delay', probability: 0, count: 0 },
      { fault: 'none', probability: 0, count: 0 },
    ],
  });
});
