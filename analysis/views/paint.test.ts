import { expect, test } from '@jest/globals';
import { createPaint, safePainted } from './paint.ts';

test('keeps colours, and escapes all other control characters', () => {
  const painted = createPaint(true)('request', 'a\u202eb');
  expect(safePainted(painted)).toBe(painted.replace('\u202e', String.raw`\u202e`));
  expect(safePainted('\x1b]0;title\x07\x1b[2J')).toBe(String.raw`\u001b]0;title\u0007\u001b[2J`);
});
