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

test('isSame says of any two texts what === says', () => {
  const text = fc.oneof(
    fc.constantFrom('', 'ü', 'é', 'e4599fa9'),
    fc.string({ maxLength: 3, unit: 'binary' }),
  );
  fc.assert(fc.property(text, text, (one, other) => expect(isSame(one, other)).toBe(one === other)));
});
