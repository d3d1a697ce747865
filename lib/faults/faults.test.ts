import { describe, expect, test } from '@jest/globals';
import { Draws } from '#lib/runtime/random.ts';
import { parseProfile, pick, probabilities } from './fault-profile.ts';
import { type FaultChange, FaultChangeError, Faults } from './faults.ts';

const names = { noun: 'fault', faults: ['loss', 'delay'], rest: 'none' } as const;
const even = parseProfile('loss=0.3,delay=0.3', names).profile!;

function createFaults(seed = 'alice') {
  return new Faults('echo', names, { profile: even, seed });
}

function take(faults: Faults, count: number) {
  return Array.from({ length: count }, () => {
    const { fault, draw } = faults.next();
    return { fault, draw };
  });
}

function change(faults: Faults, asked: FaultChange) {
  faults.prepare(asked)();
}

/** The right draws `from` to `to`. */
function drawn(seed: string, from: number, to: number, profile = even) {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    fault: pick(probabilities(profile, names), names, new Draws(seed, 'echo').at(from + index)),
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
  change(faults, { seed: 'bob' });
  expect(take(faults, 20)).toEqual(drawn('bob', 1, 20));
});

test('a new profile alone continues with the next draw of the same seed', () => {
  const faults = createFaults();
  take(faults, 7);
  change(faults, { profile: 'delay=0.9' });
  expect(take(faults, 20)).toEqual(drawn('alice', 8, 27, parseProfile('delay=0.9', names).profile!));
});

test('a reset returns to the configured profile and seed, at draw 1', () => {
  const faults = createFaults();
  change(faults, { profile: 'loss=1', seed: 'bob' });
  take(faults, 7);
  change(faults, { reset: true });
  expect(take(faults, 20)).toEqual(drawn('alice', 1, 20));
});

test('a reset comes first, and the rest of a change applies to the configured settings', () => {
  const faults = createFaults();
  change(faults, { profile: 'loss=1', seed: 'bob' });
  change(faults, { reset: true, seed: 'carol' });
  expect(faults.status()).toMatchObject({ profile: 'loss=0.3,delay=0.3', seed: 'carol', draws: 0 });
});

test('a refused change lists every problem and changes nothing', () => {
  const faults = createFaults();
  take(faults, 7);
  const before = faults.status();
  const refused = () => faults.prepare({ profile: 'loss=0.9,lost=0.1,delay=0.9', seed: '', reset: true });
  expect(refused).toThrow(FaultChangeError);
  expect(refused).toThrow(
    expect.objectContaining({
      code: 'LAB_FAULT_CHANGE',
      problems: [
        'profile: "lost=0.1" names no fault; allowed: loss, delay, or none alone',
        'profile: the probabilities add up to 1.8; allowed: at most 1',
        'seed: "" is no seed; allowed: any other text',
      ],
    }),
  );
  expect(faults.status()).toEqual(before);
  expect(take(faults, 3)).toEqual(drawn('alice', 8, 10));
});

test('status has the active profile, and each fault with its probability and count', () => {
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

test('counts begin again with a new profile', () => {
  const faults = createFaults();
  take(faults, 100);
  change(faults, { profile: 'loss=1' });
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

test('the function that prepare returns makes the change', () => {
  const faults = createFaults();
  const before = faults.status();
  const carryOut = faults.prepare({ profile: 'loss=1', seed: 'bob' });
  expect(faults.status()).toEqual(before);
  carryOut();
  expect(faults.status()).toMatchObject({ profile: 'loss=1', seed: 'bob' });
});

describe('a script', () => {
  const steps = (faults: Faults, count: number) => take(faults, count).map(({ fault }) => fault);

  test('gives its steps in order, again and again, and numbers them as draws', () => {
    const faults = createFaults();
    take(faults, 7);
    change(faults, { profile: 'script:loss,delay,none' });
    expect(take(faults, 4)).toEqual([
      { fault: 'loss', draw: 8 },
      { fault: 'delay', draw: 9 },
      { fault: 'none', draw: 10 },
      { fault: 'loss', draw: 11 },
    ]);
  });

  test.each<FaultChange>([
    { profile: 'script:loss,delay,none' },
    { seed: 'bob' },
    { profiles: { echo: 'script:loss,delay' } },
  ])('begins at its first step after the change %j', (asked) => {
    const faults = createFaults();
    change(faults, { profile: 'script:loss,delay,none' });
    take(faults, 1);
    change(faults, asked);
    expect(steps(faults, 2)).toEqual(['loss', 'delay']);
  });

  test('in the configuration begins again at a reset', () => {
    const profile = parseProfile('script:loss,delay', names).profile!;
    const faults = new Faults('echo', names, { profile, seed: 'alice' });
    take(faults, 1);
    change(faults, { reset: true });
    expect(take(faults, 1)).toEqual([{ fault: 'loss', draw: 1 }]);
  });

  test('has the shares of its steps as probabilities in the status', () => {
    const faults = createFaults();
    change(faults, { profile: 'script:loss,none,loss,delay' });
    take(faults, 5);
    expect(faults.status()).toMatchObject({
      profile: 'script:loss,none,loss,delay',
      counts: [
        { fault: 'loss', probability: 0.5, count: 3 },
        { fault: 'delay', probability: 0.25, count: 1 },
        { fault: 'none', probability: 0.25, count: 1 },
      ],
    });
  });
});

test('a script for every server applies to messages, until another profile or a reset', () => {
  const shared = { ...names, faults: [...names.faults, 'reset'] };
  const faults = new Faults('echo', names, { profile: even, seed: 'alice' }, shared);
  for (const [asked, is] of [
    [{ profile: 'script:loss' }, true],
    [{ seed: 'bob' }, true],
    [{ profiles: { echo: 'script:loss' } }, false],
    [{ profile: 'loss=1' }, false],
    [{ profile: 'script:loss' }, true],
    [{ reset: true }, false],
  ] as const) {
    change(faults, asked);
    expect(faults.isScriptOfMessages).toBe(is);
  }
});

describe('profiles by server name', () => {
  test.each<[string, FaultChange, string]>([
    [
      'takes precedence over the profile for all',
      { profile: 'loss=1', profiles: { echo: 'delay=1' } },
      'delay=1',
    ],
    ['for another server is ignored', { profiles: { other: 'delay=1' } }, 'loss=0.3,delay=0.3'],
    [
      'of another server leaves the profile for all',
      { profile: 'loss=1', profiles: { other: 'delay=1' } },
      'loss=1',
    ],
  ])('one %s', (_rule, asked, profile) => {
    const faults = createFaults();
    change(faults, asked);
    expect(faults.status().profile).toBe(profile);
  });
});

describe('a server with fewer faults than its program', () => {
  const shared = { ...names, faults: ['loss', 'delay', 'reset'] };
  const create = () => new Faults('echo', names, { profile: even, seed: 'alice' }, shared);

  test.each([
    ['loss=0.5,reset=0.5', 'loss=0.5'],
    ['reset=1', 'none'],
    ['script:reset,loss', 'script:none,loss'],
  ])('with %s for all servers uses %s', (profile, taken) => {
    const faults = create();
    change(faults, { profile });
    expect(faults.status().profile).toBe(taken);
  });

  test('refuses faults that it does not have in its own profile', () => {
    expect(() => create().prepare({ profiles: { echo: 'reset=1' } })).toThrow(
      'echo profile: "reset=1" names no fault; allowed: loss, delay, or none alone',
    );
  });

  test('names the faults of the program when it refuses a profile for all', () => {
    expect(() => create().prepare({ profile: 'lost=1' })).toThrow(
      'allowed: loss, delay, reset, or none alone',
    );
  });
});

describe('detail', () => {
  test('is always the same for one draw, also when it is repeated', () => {
    const { detail } = createFaults().next();
    expect(detail()).toBe(detail());
    expect(createFaults().next().detail()).toBe(detail());
  });

  test('is the number of the draw in a stream of its own', () => {
    const faults = createFaults();
    const details = Array.from({ length: 3 }, () => faults.next().detail());
    expect(details).toEqual([1, 2, 3].map((n) => new Draws('alice', 'echo detail').at(n)));
    expect(details).not.toEqual([1, 2, 3].map((n) => new Draws('alice', 'echo').at(n)));
  });

  test('stays the same when the faults change', () => {
    const faults = createFaults();
    const { detail } = faults.next();
    const before = detail();
    change(faults, { seed: 'bob' });
    expect(detail()).toBe(before);
  });
});
