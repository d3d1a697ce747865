import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Outbox } from './outbox.ts';

function create() {
  const sent: string[] = [];
  return { sent, outbox: new Outbox<string>((item) => sent.push(item)) };
}

test('sends its items at the end of the turn, in their order', async () => {
  const { sent, outbox } = create();
  outbox.put('one');
  outbox.put('two');
  expect(sent).toEqual([]);
  await setImmediate();
  expect(sent).toEqual(['one', 'two']);
  outbox.put('three');
  await setImmediate();
  expect(sent).toEqual(['one', 'two', 'three']);
});

test('flush sends at once, and nothing twice', async () => {
  const { sent, outbox } = create();
  outbox.put('one');
  outbox.flush();
  expect(sent).toEqual(['one']);
  await setImmediate();
  expect(sent).toEqual(['one']);
});
