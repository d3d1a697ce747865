import { expect, test } from '@jest/globals';
import { filmOf } from './film.ts';
import { paceOf } from './pace.ts';
import { packetOf } from './packet-testing.ts';
import { sceneOf } from './scene.ts';

const slow = paceOf(1_000);
const BASE = 1_800_000_000;

const only = (parts: Parameters<typeof packetOf>[0]) => filmOf([packetOf({ time: BASE, ...parts })], slow);

test('a packet goes from host to host and is gone', () => {
  const film = only({ direction: 'down' });
  const at = (position: number) => sceneOf(film, position).actors[0];
  expect(at(0)).toMatchObject({ part: 'moves', at: 1 });
  expect(at(slow.flight / 2)!.at).toBeCloseTo(0.5, 6);
  expect(at(slow.flight + 0.1)).toMatchObject({ part: 'arrived', at: 0 });
  expect(at(slow.flight + 5)).toBeUndefined();
});

test('a lost packet stays halfway for a moment', () => {
  const film = only({ fate: 'lost', arrived: undefined });
  const [actor] = sceneOf(film, slow.flight / 2 + 0.2).actors;
  expect(actor).toMatchObject({ part: 'lost', at: 0.5 });
  expect(actor!.opacity).toBeGreaterThan(0.9);
});

test('an altered packet is altered from the wire on', () => {
  const film = only({ fate: 'altered' });
  const isAltered = (share: number) => sceneOf(film, slow.flight * share).actors[0]!.isAltered;
  expect([0.1, 0.4, 0.6, 0.9].map(isAltered)).toEqual([false, false, true, true]);
});

test('a packet of which nothing is known yet does not arrive', () => {
  const film = only({ fate: 'travelling', arrived: undefined });
  const [actor] = sceneOf(film, 1_000).actors;
  expect(actor!.part).toBe('moves');
  expect(actor!.at).toBeLessThan(1);
});

test('what is not shown yet waits at the host that sends it', () => {
  const packets = [1, 2, 3].map((id) =>
    packetOf({ id, time: BASE + id * 0.01, arrived: BASE + id * 0.01, direction: id === 2 ? 'down' : 'up' }),
  );
  const { waiting, actors } = sceneOf(filmOf(packets, slow), 0);
  expect(actors.map(({ flight }) => flight.packet.id)).toEqual([1]);
  expect(waiting.client.first.map(({ id }) => id)).toEqual([3]);
  expect(waiting.server.first.map(({ id }) => id)).toEqual([2]);
});

test('a crowd is drawn in part, and counted', () => {
  const packets = Array.from({ length: 100 }, (_, id) =>
    packetOf({ id, time: BASE + id * 1e-9, arrived: BASE + 0.01 }),
  );
  const { actors, leftOut } = sceneOf(filmOf(packets, slow), 9);
  expect(actors).toHaveLength(40);
  expect(leftOut).toBe(60);
  const ids = sceneOf(filmOf(packets, slow), 9, 3).actors.map(({ flight }) => flight.packet.id);
  expect(ids).toContain(3);
  expect(ids).toHaveLength(41);
});

test('a cut wait is named while it lasts', () => {
  const packets = [packetOf({ id: 1, time: BASE }), packetOf({ id: 2, time: BASE + 3 })];
  const film = filmOf(packets, slow);
  expect(sceneOf(film, slow.flight + 0.5).cut?.waited).toBeCloseTo(3, 2);
  expect(sceneOf(film, 0.1).cut).toBeUndefined();
});
