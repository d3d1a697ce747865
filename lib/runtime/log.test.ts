import { expect, test } from '@jest/globals';
import { createLog } from './log.ts';

const MESSAGE = Symbol.for('message');

test.each([
  ['info', 'Message: \u202egnp.exe\nseed a\u200bb', 'Message: \\u202egnp.exe\nseed a\\u200bb'],
  ['warn', 'a\x1b[31m\nb', 'warn: a\\u001b[31m\nwarn: b'],
])('of level %s does not change the terminal', (level, message, printed) => {
  expect(createLog().format.transform({ level, message })).toMatchObject({ [MESSAGE]: printed });
});
