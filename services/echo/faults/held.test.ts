import { beforeEach, expect, test } from '@jest/globals';
import { ManualTime } from '../testing.ts';
import { HeldAnswer } from './held.ts';

let time: ManualTime;
let sent: string[];
let held: HeldAnswer;

beforeEach(() => {
  time = new ManualTime();
  sent = [];
  held = new HeldAnswer(time.sleep);
});

function hold(...answers: string[]) {
  for (const answer of answers) held.hold(Buffer.from(answer), (bytes) => sent.push(String(bytes)));
}

test('is sent after a second when there is no other answer', async () => {
  hold('one');
  expect(sent).toEqual([]);
  await time.pass(1_000);
  expect(sent).toEqual(['one']);
  expect(time.delays).toEqual([1_000]);
});

test('is sent once when it is released, and stops its timer', () => {
  hold('one');
  held.release();
  held.release();
  expect(sent).toEqual(['one']);
  expect(time.waiting(1_000)).toBe(0);
});

test('is overtaken by the next held answer, which is sent at once', () => {
  hold('one', 'two');
  expect(sent).toEqual(['two', 'one']);
  expect(time.waiting(1_000)).toBe(0);
});

test('holds again after that', async () => {
  hold('one', 'two', 'three');
  expect(sent).toEqual(['two', 'one']);
  await time.pass(1_000);
  expect(sent).toEqual(['two', 'one', 'three']);
});

test('sends nothing when nothing is held', () => {
  held.release();
  expect(sent).toEqual([]);
});
