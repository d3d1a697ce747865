import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Schedule } from './schedule.ts';

function takeAll<Item>(schedule: Schedule<Item>, now: number): Item[] {
  const taken: Item[] = [];
  for (let item = schedule.take(now); item !== undefined; item = schedule.take(now)) taken.push(item);
  return taken;
}

test('an empty schedule has nothing due', () => {
  const schedule = new Schedule<string>();
  expect(schedule.next).toBeUndefined();
  expect(schedule.take(Number.POSITIVE_INFINITY)).toBeUndefined();
});

test('an item is taken at its time, not before', () => {
  const schedule = new Schedule<string>();
  schedule.add(5, 'a');
  expect(schedule.next).toBe(5);
  expect(schedule.take(4.999)).toBeUndefined();
  expect(schedule.take(5)).toBe('a');
  expect(schedule.size).toBe(0);
});

test('items leave in the order of their times, and at the same time in the order in which they came', () => {
  const times = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 });
  fc.assert(
    fc.property(times, times, fc.integer({ min: 0, max: 5 }), (before, after, now) => {
      const schedule = new Schedule<readonly [due: number, order: number]>();
      for (const [order, due] of before.entries()) schedule.add(due, [due, order]);
      const early = takeAll(schedule, now);
      for (const [order, due] of after.entries()) schedule.add(due, [due, before.length + order]);
      const late = takeAll(schedule, 5);

      const sorted = (items: readonly (readonly [number, number])[]) =>
        items.toSorted(([due, order], [other, than]) => due - other || order - than);
      expect(early).toEqual(sorted(early));
      expect(early.every(([due]) => due <= now)).toBe(true);
      expect(late).toEqual(sorted(late));
      expect(early.length + late.length).toBe(before.length + after.length);
    }),
  );
});
