import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSame } from './constant-time.ts';

test.each([
  ['abc', 'abc', true],
  ['abc', 'abd', false],
  ['abc', 'ab', false],
  ['abc', 'abcd', false],
  ['abc', '', false],
  ['abc', 'ABC', false],
  ['pässword', 'pässword', true],
])('isSame of %j and %j is %s', (secret, given, same) => {
  expect(isSame(secret, given)).toBe(same);
});

test('isSame agrees with === for any two texts', () => {
  const bytes = fc.uint8Array({ maxLength: 3 }).map((some) => Buffer.from(some).toString('latin1'));
  const text = fc.oneof(fc.constantFrom('', 'ü', '€', 'e4599fa9'), bytes);
  fc.assert(fc.property(text, text, (one, other) => expect(isSame(one, other)).toBe(one === other)));
});
