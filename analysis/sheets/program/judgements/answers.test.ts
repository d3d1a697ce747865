import { expect, test } from '@jest/globals';
import { Message } from '#lib/message/message.ts';
import { CLIENT, frameOf, seenOf, stageOf } from '../program-testing.ts';
import type { Said } from '../seen/said.ts';
import { answers } from './answers.ts';

const stage = stageOf({ partner: 'own-tcp' });
const clients = [{ body: 'hello', answered: true }];
const talk = { client: CLIENT, begun: frameOf(1) };
const saidBy = (by: Said['by'], number: number): Said => ({
  ...{ talk, by, frame: frameOf(number), message: new Message(Buffer.from('hello')) },
});

test.each([
  ['both are in the packets', [saidBy('client', 4), saidBy('server', 6)], true],
  ['the echo is in the records alone', [saidBy('client', 4)], false],
  ['nothing is in the packets', [], false],
] as const)('a message and its echo: %s', (_what, said, holds) => {
  expect(answers.judge({ messages: 1 }, seenOf(stage, { said, clients }))).toMatchObject({ holds });
});
