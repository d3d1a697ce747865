import { expect, test } from '@jest/globals';
import { Channel } from './channel.ts';

test('values are taken in the order they were given, to the end', async () => {
  const channel = new Channel<number>();
  const taken: number[] = [];
  const taking = (async () => {
    for (let one = await channel.next(); !one.done; one = await channel.next()) taken.push(one.value);
  })();
  await channel.give([1, 2]);
  await channel.give([]);
  await channel.give([3]);
  channel.end();
  await taking;
  expect(taken).toEqual([1, 2, 3]);
});

test('giving waits while 10,000 values have not been taken', async () => {
  const channel = new Channel<number>();
  let isGiven = false;
  const giving = channel.give(Array.from({ length: 10_001 }, (_, at) => at)).then(() => {
    isGiven = true;
  });
  await channel.next();
  expect(isGiven).toBe(false);
  for (let count = 1; count < 10_000; count += 1) await channel.next();
  await giving;
  expect(isGiven).toBe(true);
  expect(await channel.next()).toEqual({ done: false, value: 10_000 });
  channel.end();
  expect(await channel.next()).toEqual({ done: true, value: undefined });
});
