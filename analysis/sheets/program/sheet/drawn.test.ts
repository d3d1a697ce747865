import { expect, test } from '@jest/globals';
import { delay } from '#lib/faults/echo/delay.ts';
import { faultNames } from '#lib/faults/echo/index.ts';
import { Faults } from '#lib/faults/faults.ts';
import { Message } from '#lib/message/message.ts';
import { stageOf } from '../program-testing.ts';
import { drawnFor, faultSeed } from './drawn.ts';

test('the same seed draws the same messages, another one others', () => {
  const stage = stageOf({ messages: 3 });
  const { messages } = drawnFor(stage, 'a');
  expect(messages).toEqual(drawnFor(stage, 'a').messages);
  expect(messages).not.toEqual(drawnFor(stage, 'b').messages);
  for (const message of messages) expect(message).toMatch(/^[a-z]+-[a-z]+-\d{4}$/);
});

test('a file has as many segments as asked for, the last one with one byte', () => {
  const transfer = { mode: 'go-back-n', window: 8, segment: 200, segments: 40 };
  const { file } = drawnFor(stageOf({ partner: 'echo-udp', transfer }), 'a');
  expect(file.length).toBe(39 * 200 + 1);
  expect(file.subarray(0, 200).equals(file.subarray(200, 400))).toBe(false);
});

test('the seed of a stage gives the delays that it wants', () => {
  const stage = stageOf({ partner: 'echo-udp', delays: { from: 7, to: 10, draws: 3 } });
  const range = { from: 0, to: 10 };
  const seed = faultSeed(stage, 'a', range);
  const faults = new Faults('echo-udp', faultNames, { profile: { kind: 'script', steps: ['delay'] }, seed });
  for (let draw = 1; draw <= 3; draw += 1) {
    const { detail } = faults.next();
    const { delay_ms } = delay.draw(new Message(Buffer.from('x')), detail, { loss: 'notice', delay: range });
    expect(delay_ms).toBeGreaterThanOrEqual(7_000);
  }
});

test('a lab whose delays can not be so is refused', () => {
  const stage = stageOf({ delays: { from: 7, to: 10, draws: 1 } });
  const refused = 'ECHO_DELAY_SECONDS is "1"; allowed for the stage one: a range with 7 to 10 seconds in it';
  expect(() => faultSeed(stage, 'a', { from: 1, to: 1 })).toThrow(refused);
});
