import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Mode } from './machine.ts';
import { modes } from './modes.ts';
import { type Fate, fates, type Schedule, simulate } from './simulation-testing.ts';

/** Schedules of all three protocols together. */
const SCHEDULES = 100_000;
const SEED = 3;

const fate = fc
  .tuple(fc.nat(fates.length - 1), fc.nat(30))
  .map(([what, time]): Fate => [fates[what]!, time * 4]);

/** What a wire may do to a transfer. With `order`, nothing overtakes anything. */
function schedules(mode: Mode, order?: Schedule['order']): fc.Arbitrary<Schedule> {
  const window = mode.name === 'stop-and-wait' ? fc.constant(1) : fc.integer({ min: 1, max: 4 });
  const orders = order ? fc.constant(order) : fc.constantFrom('kept' as const, 'any' as const);
  return fc
    .tuple(fc.integer({ min: 2, max: 6 }), window, orders, fc.nat(6), fc.array(fate, { maxLength: 12 }))
    .map(([segments, window, order, overtaking, fates]) => {
      const life = order === 'kept' ? Number.POSITIVE_INFINITY : 2 * window + overtaking;
      return { segments, window, order, life, space: smallestSpace(mode, window, life), fates };
    });
}

/**
 * The smallest number space in which no two segments that can meet have the same number. Where the wire keeps the
 * order, it is that of the textbook. Otherwise it needs as many more numbers as can be sent while an old datagram is on
 * its way.
 */
function smallestSpace(mode: Mode, window: number, life: number): number {
  let space = 2;
  while (mode.largestWindow(space) < window) space += 1;
  return space + (Number.isFinite(life) ? window + life : 0);
}

describe.each(Object.values(modes))('$name', (mode) => {
  test('delivers all segments, each once and in order, whatever the wire does', () => {
    fc.assert(
      fc.property(schedules(mode), (schedule) => {
        const { delivered } = simulate(mode, schedule);
        return delivered === schedule.segments;
      }),
      { numRuns: Math.ceil(SCHEDULES / Object.keys(modes).length), seed: SEED },
    );
  });

  test('gives up after delivering the beginning, when nothing arrives any more', () => {
    const cut = schedules(mode).map((schedule) => {
      const lost = Array.from({ length: 500 }, (): Fate => ['is lost', 0]);
      return { ...schedule, tries: 3, fates: [...schedule.fates, ...lost] };
    });
    fc.assert(
      fc.property(cut, (schedule) => {
        const { arrived, delivered, gaveUp } = simulate(mode, schedule);
        return arrived <= delivered && (gaveUp || arrived === schedule.segments);
      }),
      { numRuns: 500, seed: SEED },
    );
  });
});

describe('a planted bug is found, and its schedule is shrunk:', () => {
  const { 'stop-and-wait': stopAndWait, 'go-back-n': goBackN, 'selective-repeat': selectiveRepeat } = modes;

  /** Acknowledges the next number instead of the right one. */
  const withAckOffByOne = (mode: Mode): Mode => ({
    ...mode,
    receive(state, event) {
      const [next, actions] = mode.receive(state, event);
      const off = actions.map((action) =>
        action.do === 'ack' ? { ...action, number: (action.number + 1) % state.space } : action,
      );
      return [next, off];
    },
  });

  /** Measures every segment as if it was sent once. */
  const withoutKarnsRule = (mode: Mode): Mode => ({
    ...mode,
    send(state, event) {
      const sent = state.sent.map((one) => ({ ...one, copies: 1 }));
      return mode.send(event.on === 'ack' ? { ...state, sent } : state, event);
    },
  });

  /** Allows windows in which two segments can have the same number. */
  const withLargestWindow = (mode: Mode, largestWindow: Mode['largestWindow']): Mode => ({
    ...mode,
    largestWindow,
  });

  test.each<[string, Mode, Schedule['order'] | undefined, RegExp]>([
    ['ack off by one, stop-and-wait', withAckOffByOne(stopAndWait), undefined, /does not end/],
    ['ack off by one, go-back-n', withAckOffByOne(goBackN), undefined, /counts as arrived and is not|end/],
    [
      'ack off by one, selective-repeat',
      withAckOffByOne(selectiveRepeat),
      undefined,
      /counts as arrived|end/,
    ],
    ["no Karn's rule, stop-and-wait", withoutKarnsRule(stopAndWait), undefined, /round trip of/],
    ["no Karn's rule, go-back-n", withoutKarnsRule(goBackN), undefined, /round trip of/],
    ["no Karn's rule, selective-repeat", withoutKarnsRule(selectiveRepeat), undefined, /round trip of/],
    [
      'a window as large as the space, go-back-n',
      withLargestWindow(goBackN, (space) => space),
      'kept',
      /was delivered in place of|counts as arrived|round trip of/,
    ],
    [
      'a window of more than half the space, selective-repeat',
      withLargestWindow(selectiveRepeat, (space) => Math.floor(space / 2) + 1),
      'kept',
      /was delivered in place of/,
    ],
  ])('%s', (_what, mode, order, complaint) => {
    const property = fc.property(schedules(mode, order), (schedule) => void simulate(mode, schedule));
    const { failed, counterexample, numShrinks, errorInstance } = fc.check(property, {
      numRuns: 2_000,
      seed: SEED,
    });
    expect(failed).toBe(true);
    expect(String(errorInstance)).toMatch(complaint);
    expect(numShrinks).toBeGreaterThan(0);
    expect(counterexample![0].fates.length).toBeLessThan(8);
  });

  test('the alternating-bit protocol is right on a wire that keeps the order, and wrong on one that does not', () => {
    const twoNumbers = fc
      .tuple(schedules(stopAndWait, 'any'))
      .map(([schedule]) => ({ ...schedule, space: 2, life: 10 }));
    const property = fc.property(twoNumbers, (schedule) => void simulate(stopAndWait, schedule));
    const { failed, errorInstance } = fc.check(property, { numRuns: 5_000, seed: SEED });
    expect(failed).toBe(true);
    expect(String(errorInstance)).toMatch(/was delivered in place of|counts as arrived/);
  });
});
