import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseProfile } from '#lib/faults/fault-profile.ts';
import { isScript, profileOf, restOf, withShare } from './profile.ts';

const names = { noun: 'fault', faults: ['loss', 'delay', 'corruption'], rest: 'none' } as const;
const usual = [
  { name: 'loss', probability: 0.2 },
  { name: 'delay', probability: 0.2 },
  { name: 'corruption', probability: 0.2 },
];

test('a slider changes its own share, and the others give way only when they must', () => {
  expect(profileOf(withShare(usual, 'delay', 0.3))).toBe('loss=0.2,delay=0.3,corruption=0.2');
  expect(profileOf(withShare(usual, 'corruption', 0.9))).toBe('loss=0.1,corruption=0.9');
  expect(profileOf(withShare(usual, 'loss', 1))).toBe('loss=1');
  expect(profileOf(usual.map(({ name }) => ({ name, probability: 0 })))).toBe('none');
});

test('the rest is what remains', () => {
  expect(restOf(usual)).toBe(0.4);
  expect(restOf([{ name: 'loss', probability: 1.00001 }])).toBe(0);
});

test('a script is no profile of probabilities', () => {
  expect(isScript('script:loss,none')).toBe(true);
  expect(isScript('loss=0.2')).toBe(false);
});

test('the servers accept what the sliders make', () => {
  const share = fc.integer({ min: 0, max: 100 }).map((value) => value / 100);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...names.faults), share), { maxLength: 9 }), (moves) => {
      const shares = moves.reduce<readonly { name: string; probability: number }[]>(
        (all, [name, value]) => withShare(all, name, value),
        usual,
      );
      expect(parseProfile(profileOf(shares), names).problems).toEqual([]);
    }),
  );
});
