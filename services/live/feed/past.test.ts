import { expect, test } from '@jest/globals';
import { Past } from './past.ts';
import { Trip } from './trip.ts';

const KEPT = { packets: 10, bytes: 1e6 };

/** The history after packets with these ids were shown, in this order. */
function pastOf(ids: readonly number[]): Past {
  const past = new Past(KEPT, () => undefined);
  for (const id of ids) {
    const way = { direction: 'up', fate: 'arrived' } as const;
    const trip = new Trip({ host: 'client', time: id, protocol: undefined, way });
    trip.show(id, 'tcp 1');
    past.add(trip);
  }
  return past;
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
const idsOf = (stored: ReturnType<Past['newest']>) => stored.map(({ packet }) => packet.id);

test('the history has the newest packets, those before one and those after one', () => {
  const past = pastOf(upTo(25));
  expect([past.firstId, past.size]).toEqual([16, 10]);
  expect(idsOf(past.newest(2))).toEqual([24, 25]);
  expect(idsOf(past.before(18, 9))).toEqual([16, 17]);
  expect(idsOf(past.before(16, 9))).toEqual([]);
  expect(idsOf(past.after(0, 2))).toEqual([16, 17]);
  expect(idsOf(past.after(16, 2))).toEqual([17, 18]);
  expect(idsOf(past.after(24, 5))).toEqual([25]);
  expect(idsOf(past.after(25, 5))).toEqual([]);
  expect(past.get(15)).toBeUndefined();
});

test('an empty history has nothing', () => {
  const past = pastOf([]);
  expect(past.firstId).toBeUndefined();
  expect([past.newest(1), past.before(5, 1), past.after(0, 1)]).toEqual([[], [], []]);
});
