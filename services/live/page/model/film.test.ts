import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LivePacket } from '../../contract.ts';
import { type Film, type Flight, filmOf, LANES, noFilm } from './film.ts';
import { paceOf, slownesses } from './pace.ts';
import { packetOf } from './packet-testing.ts';

const slow = paceOf(1_000);
const BASE = 1_800_000_000;

const flightsOf = (film: Film): Flight[] =>
  Array.from({ length: film.size }, (_, index) => film.flight(index)!);

/** A ping-pong of packets, each 20 µs on its way, one after another. */
function exchange(count: number, between: number): LivePacket[] {
  return Array.from({ length: count }, (_, index) => {
    const time = BASE + index * between;
    return packetOf({ id: index + 1, time, arrived: time + 20e-6, direction: index % 2 ? 'down' : 'up' });
  });
}

test('an answer leaves after the request has arrived, however fast both were', () => {
  const flights = flightsOf(filmOf(exchange(4, 30e-6), slow));
  for (const [index, { leaves, ends }] of flights.entries()) {
    expect(ends! - leaves).toBeGreaterThanOrEqual(slow.flight - 1e-9);
    const next = flights[index + 1];
    if (next) expect(next.leaves).toBeGreaterThanOrEqual(ends!);
  }
});

test('a millisecond takes a second, and three seconds are cut', () => {
  const packets = [
    packetOf({ id: 1, time: BASE, arrived: BASE + 0.001 }),
    packetOf({ id: 2, time: BASE + 3, arrived: BASE + 3.001 }),
  ];
  const film = filmOf(packets, slow);
  const [flights, { cuts }] = [flightsOf(film), film];
  expect(flights[0]!.ends).toBeCloseTo(1, 2);
  expect(flights[1]!.leaves - flights[0]!.ends!).toBeCloseTo(slow.most, 6);
  expect(cuts).toHaveLength(1);
  expect(cuts[0]!.waited).toBeCloseTo(2.999, 3);
});

test('in real time the film is as long as the capture', () => {
  const film = filmOf(exchange(3, 2), paceOf(1));
  const { cuts } = film;
  expect(flightsOf(film).map(({ leaves }) => leaves)).toEqual([0, 2, 4].map((at) => expect.closeTo(at, 6)));
  expect(cuts).toEqual([]);
});

test('a lost packet goes to the wire, a copy begins there, and one that travels has no end', () => {
  const fates = ['lost', 'copied', 'unseen', 'travelling', 'altered'] as const;
  const packets = fates.map((fate, index) =>
    packetOf({ id: index, time: BASE + index, arrived: undefined, fate, direction: 'down' }),
  );
  const flights = flightsOf(filmOf(packets, slow));
  expect(flights.map(({ from, to }) => [from, to])).toEqual([
    [1, 0.5],
    [0.5, 0],
    [1, expect.closeTo(0.2, 6)],
    [1, 0],
    [1, 0],
  ]);
  expect(flights.map(({ ends }) => ends === undefined)).toEqual([false, false, false, true, false]);
});

test('packets that leave together have lanes of their own', () => {
  const packets = Array.from({ length: LANES }, (_, index) =>
    packetOf({ id: index, time: BASE + index * 1e-7 }),
  );
  expect(flightsOf(filmOf(packets, slow)).map(({ lane }) => lane)).toEqual([0, 1, 2]);
});

test('a film has all packets of the page', () => {
  const film = filmOf(exchange(5_000, 0.0005), slow);
  expect(film.size).toBe(5_000);
  expect(film.begun(film.length)).toBe(5_000);
});

test('an empty film has no length', () => {
  const film = noFilm();
  expect([film.size, film.length, film.capturedAt(1), film.begun(1)]).toEqual([0, 0, 0, 0]);
  expect(film.flight(0)).toBeUndefined();
});

test('everything happens in the order of the captures, and both times lead to each other', () => {
  const gap = fc.double({ min: 0, max: 5, noNaN: true });
  const way = fc.double({ min: 0, max: 0.5, noNaN: true });
  const packets = fc.array(fc.tuple(gap, way), { minLength: 1, maxLength: 60 }).map((all) => {
    let time = BASE;
    return all.map(([wait, takes], id) => {
      time += wait;
      return packetOf({ id, time, arrived: time + takes });
    });
  });
  fc.assert(
    fc.property(packets, fc.constantFrom(...slownesses), (all, slowness) => {
      const film = filmOf(all, paceOf(slowness));
      const times = all.flatMap(({ time, arrived }) => [time, arrived!]).sort((one, other) => one - other);
      const shown = times.map((time) => film.shownAt(time));
      expect(shown).toEqual(shown.toSorted((one, other) => one - other));
      for (const { packet, leaves, ends } of flightsOf(film)) {
        expect(ends).toBeGreaterThanOrEqual(leaves);
        expect(film.capturedAt(film.shownAt(packet.time))).toBeCloseTo(packet.time, 5);
        expect(film.begun(leaves)).toBeGreaterThan(film.indexOf(packet.id));
      }
    }),
    { numRuns: 60 },
  );
});
