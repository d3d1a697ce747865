import { expect, test } from '@jest/globals';
import type { LivePacket } from '../../contract.ts';
import { filmOf } from './film.ts';
import { paceOf } from './pace.ts';
import { packetOf } from './packet-testing.ts';
import { type Mode, Player } from './player.ts';

const slow = paceOf(1_000);
const BASE = 1_800_000_000;

const numbered = (from: number, to: number, between = 0.001): LivePacket[] =>
  Array.from({ length: to - from + 1 }, (_, index) => {
    const time = BASE + (from + index) * between;
    return packetOf({ id: from + index, time, arrived: time + 20e-6 });
  });

function playerWith(packets: readonly LivePacket[], mode: Mode = 'playing'): Player {
  const player = new Player(slow, { mode });
  player.begin();
  player.load(filmOf(packets, slow));
  return player;
}

const currentId = (player: Player) => player.current?.packet.id;

test('the stage begins at the newest packet, and shows the next one at once', () => {
  const player = new Player(slow);
  player.load(filmOf(numbered(1, 5), slow));
  expect(player.behind).toBe(0);
  player.begin();
  player.advance(10);
  const later = [...numbered(1, 5), ...numbered(9_000, 9_001)];
  player.load(filmOf(later, slow));
  expect(currentId(player)).toBe(9_000);
  expect(player.film.leaves(5)).toBeCloseTo(player.position, 6);
});

test('a packet that becomes known late is shown, although later ones have been', () => {
  const player = new Player(slow);
  player.load(filmOf([], slow));
  player.begin();
  const [first, late, last] = numbered(1, 3);
  player.load(filmOf([first!, last!], slow));
  player.advance(100);
  expect(currentId(player)).toBe(3);
  player.load(filmOf([first!, { ...late!, id: 4 }, last!], slow));
  expect(currentId(player)).toBe(4);
});

test('in real time the stage is at the newest packet, however late it comes', () => {
  const live = paceOf(1);
  const player = new Player(live);
  player.begin();
  for (const last of [100, 400, 450]) {
    player.load(filmOf(numbered(1, last), live));
    player.advance(0.016);
    expect(currentId(player)).toBe(last);
  }
  player.pause();
  player.load(filmOf(numbered(1, 900), live));
  player.advance(0.016);
  expect(currentId(player)).toBe(450);
});

test('a change of the store leaves the playhead at its packet', () => {
  const player = playerWith(numbered(1, 50));
  player.seek(player.film.leaves(20) + 0.1);
  player.load(filmOf(numbered(10, 60), slow));
  expect(currentId(player)).toBe(21);
  expect(player.position - player.current!.leaves).toBeCloseTo(0.1, 6);
});

test('another speed leaves the playhead at its packet', () => {
  const player = playerWith(numbered(1, 50));
  player.seek(player.film.leaves(20) + slow.flight / 2);
  const fast = paceOf(30);
  player.load(filmOf(numbered(1, 50), fast));
  expect(currentId(player)).toBe(21);
});

test('it hurries when it is behind, and skips what it can not show', () => {
  const player = playerWith([]);
  player.follow();
  player.load(filmOf(numbered(1, 500, 0.01), slow));
  expect(player.hurry).toBe(5);
  player.advance(0.016);
  expect(player.behind).toBeLessThan(3.1);
  expect(player.skipped).toBeGreaterThan(400);
  player.load(filmOf(numbered(1, 1_000, 0.01), slow));
  player.advance(0.016);
  expect(player.behind).toBeGreaterThan(60);
  player.advance(3);
  expect(player.behind).toBeLessThan(3.1);
});

test('what is looked at later is never skipped', () => {
  const player = playerWith(numbered(1, 500, 0.01));
  player.seek(0);
  player.advance(0.016);
  expect(player.skipped).toBe(0);
  expect(player.hurry).toBe(1);
});

test('steps go from packet to packet, and glide forwards', () => {
  const player = playerWith(numbered(1, 5));
  player.goTo(2);
  player.step(1);
  const before = player.position;
  player.advance(0.1);
  expect(player.position).toBeGreaterThan(before);
  player.advance(1);
  expect(currentId(player)).toBe(3);
  const { leaves, ends } = player.current!;
  expect(player.position).toBeCloseTo((leaves + ends!) / 2, 6);
  player.step(-1);
  player.step(-1);
  expect(currentId(player)).toBe(1);
  player.step(-1);
  expect(currentId(player)).toBe(1);
  expect(player.mode).toBe('paused');
});

test('still pictures do not glide', () => {
  const player = new Player(slow, { mode: 'playing', isStill: () => true });
  player.load(filmOf(numbered(1, 5), slow));
  player.step(1);
  player.step(1);
  const { leaves, ends } = player.current!;
  expect(player.position).toBeCloseTo((leaves + ends!) / 2, 6);
});

test('at the end it follows, from an earlier moment it plays', () => {
  const player = playerWith(numbered(1, 5));
  player.seek(0);
  player.pause();
  player.play();
  expect(player.mode).toBe('playing');
  player.seek(player.film.length);
  player.play();
  expect(player.mode).toBe('following');
  expect(player.goTo(77)).toBe(false);
});
