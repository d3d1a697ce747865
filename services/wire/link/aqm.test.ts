import { describe, expect, test } from '@jest/globals';
import { Draws } from '#lib/runtime/random.ts';
import { CoDel, Red } from './aqm.ts';

const limit = { packets: 100 };

describe('RED', () => {
  const draws = new Draws('alice', 'red');

  /** Which of a number of packets are dropped that find a queue of this length. */
  function droppedAt(
    red: Red,
    packets: number,
    count: number,
    random: (n: number) => number = (n) => draws.at(n),
  ) {
    const length = { packets, bytes: packets * 1_000 };
    return Array.from({ length: count }, (_, n) =>
      red.drops(length, limit, { idle: 0, random: () => random(n + 1) }) ? n : undefined,
    ).filter((n) => n !== undefined);
  }

  test('drops nothing of a short burst, although the queue is almost full', () => {
    expect(droppedAt(new Red(), 99, 100, () => 0)).toEqual([]);
  });

  test('drops nothing while the queue is below a quarter in the mean', () => {
    expect(droppedAt(new Red(), 24, 10_000, () => 0)).toEqual([]);
  });

  test('drops everything when three quarters are full in the mean', () => {
    const red = new Red();
    droppedAt(red, 100, 5_000);
    expect(droppedAt(red, 76, 20, () => 0.999999)).toHaveLength(20);
  });

  test.each([
    [50, 0.05],
    [70, 0.09],
  ])('at a standing queue of %i of 100 packets spreads its drops evenly', (packets, base) => {
    const red = new Red();
    droppedAt(red, packets, 5_000);
    const drops = droppedAt(red, packets, 10_000);
    const gaps = drops.slice(1).map((n, index) => n - drops[index]!);
    // Uniform from 1 to 1 / base (Floyd and Jacobson, 7).
    const longest = Math.ceil(1 / base);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const spread = longest / Math.sqrt(12);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(longest);
    expect(Math.abs(mean - (1 / base + 1) / 2)).toBeLessThan(4 * (spread / Math.sqrt(gaps.length)) + 0.5);
  });

  test('forgets a long queue while the link is idle', () => {
    const red = new Red();
    droppedAt(red, 100, 5_000);
    const empty = { packets: 0, bytes: 0 };
    expect(red.drops(empty, limit, { idle: 0, random: () => 0 })).toBe(true);
    expect(red.drops(empty, limit, { idle: 2_000, random: () => 0 })).toBe(false);
  });

  test('takes a limit in bytes', () => {
    const red = new Red();
    const drops = (bytes: number) =>
      red.drops({ packets: 5, bytes }, { bytes: 10_000 }, { idle: 0, random: () => 0.99 });
    for (let n = 0; n < 5_000; n += 1) drops(9_000);
    expect(drops(9_000)).toBe(true);
  });
});

describe('CoDel', () => {
  /** When packets are dropped, one of which is at the head each ms. */
  function dropsOf(
    coDel: CoDel,
    { from, to, waited, isLast = false }: { from: number; to: number; waited: number; isLast?: boolean },
  ) {
    const times: number[] = [];
    for (let now = from; now <= to; now += 1) if (coDel.drops(waited, isLast, now)) times.push(now);
    return times;
  }

  test.each([
    ['packets that wait for less than 5 ms', { from: 0, to: 1_000, waited: 4.99 }],
    ['packets that wait long for less than 100 ms', { from: 0, to: 99, waited: 50 }],
    ['the last packets of a queue', { from: 0, to: 1_000, waited: 50, isLast: true }],
  ])('drops nothing of %s', (_what, load) => {
    expect(dropsOf(new CoDel(), load)).toEqual([]);
  });

  test('drops ever faster while the queue stands: 100 ms after the first, then by the square root', () => {
    // 100 + 100, + 100 / √2, + 100 / √3, + 100 / √4, + 100 / √5, each rounded up to the next packet.
    expect(dropsOf(new CoDel(), { from: 0, to: 430, waited: 50 })).toEqual([100, 200, 271, 329, 379, 424]);
  });

  test('begins the 100 ms again after a packet that waited shortly', () => {
    const coDel = new CoDel();
    dropsOf(coDel, { from: 0, to: 90, waited: 50 });
    dropsOf(coDel, { from: 91, to: 91, waited: 1 });
    expect(dropsOf(coDel, { from: 92, to: 200, waited: 50 })).toEqual([192]);
  });

  test('continues almost as fast when the queue stands again soon', () => {
    const coDel = new CoDel();
    dropsOf(coDel, { from: 0, to: 430, waited: 50 });
    dropsOf(coDel, { from: 431, to: 440, waited: 1 });
    // Six drops, of which five came after the first: the next is 100 / √5 later.
    expect(dropsOf(coDel, { from: 441, to: 590, waited: 50 })).toEqual([541, 586]);
  });

  test('begins slowly when the queue stands again late', () => {
    const coDel = new CoDel();
    dropsOf(coDel, { from: 0, to: 430, waited: 50 });
    dropsOf(coDel, { from: 431, to: 2_500, waited: 1 });
    expect(dropsOf(coDel, { from: 2_501, to: 2_750, waited: 50 })).toEqual([2_601, 2_701]);
  });
});
