import { expect, test } from '@jest/globals';
import { refusal } from './message-check.ts';

test.each(['Hey', ' a ', 'a|b', 'grüße', 'a\tb', 'drop the table'])('sends "%s"', (text) => {
  expect(refusal(text, 'tcp')).toBeUndefined();
});

test.each([
  ['', 'Empty message, nothing sent'],
  [' \t', 'Empty message, nothing sent'],
  ["'; DROP TABLE users", 'Invalid or unsafe message'],
  ['Shutdown now', 'Invalid or unsafe message'],
  ['some malware.exe', 'Invalid or unsafe message'],
  ['a\nb', 'Invalid message: it has a line break, which ends a message'],
  ['a\r', 'Invalid message: it has a line break, which ends a message'],
])('does not send %j', (text, reason) => {
  expect(refusal(text, 'tcp')).toBe(reason);
});

test.each([
  ['tcp', 65_459],
  ['udp', 65_430],
] as const)('sends on %s the longest message that fits with its HMAC, in bytes', (protocol, longest) => {
  expect(refusal('x'.repeat(longest), protocol, true)).toBeUndefined();
  const most = longest + 77;
  expect(refusal('x'.repeat(longest + 1), protocol, true)).toBe(
    `Invalid message: it has ${most + 1} bytes with its HMAC; allowed: at most ${most} on ${protocol.toUpperCase()}`,
  );
});

test.each([
  ['tcp', 65_527],
  ['udp', 65_498],
] as const)('sends on %s the longest message that fits with its tag, in bytes', (protocol, longest) => {
  expect(refusal('x'.repeat(longest), protocol)).toBeUndefined();
  const bytes = longest + 10;
  expect(refusal('x'.repeat(longest + 1), protocol)).toBe(
    `Invalid message: it has ${bytes} bytes with its tag; allowed: at most ${bytes - 1} on ${protocol.toUpperCase()}`,
  );
  expect(refusal('ü'.repeat(longest / 2 + 1), protocol)).toMatch(/^Invalid message: it has/);
});
