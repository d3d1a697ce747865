import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ConditionName } from '../conditions/conditions.ts';
import { conditionsOf } from '../testing.ts';
import { type Carried, type Drop, Link } from './link.ts';

interface Named extends Carried {
  readonly name: number;
}

/** A frame of 1000 bytes: 8 ms at 1 mbit. */
const THOUSAND = Buffer.alloc(986);
type Options = Partial<Omit<Named, 'name'>>;
const packet = (name: number, options: Options = {}): Named => ({
  name,
  bytes: THOUSAND,
  delayMs: 0,
  ...options,
});

class Watched {
  readonly arrived: (readonly [name: number, time: number])[] = [];
  readonly dropped: (readonly [name: number, why: Drop])[] = [];
  readonly link: Link<Named>;
  now = 0;
  random = 0.999;

  constructor(texts: Partial<Record<ConditionName, string>>) {
    this.link = new Link<Named>(conditionsOf(texts), {
      deliver: ({ name }) => this.arrived.push([name, this.now]),
      onDrop: ({ name }, why) => this.dropped.push([name, why]),
      random: () => this.random,
    });
  }

  send(count: number, options?: Options): void {
    for (let n = 0; n < count; n += 1) {
      this.link.send(
        packet(this.arrived.length + this.dropped.length + this.link.room.packets + 1, options),
        this.now,
      );
    }
  }

  /** Advances to each time at which something is due. */
  run(to: number): void {
    for (
      let next = this.link.advance(this.now);
      next !== undefined && next <= to;
      next = this.link.advance(this.now)
    ) {
      this.now = next;
    }
    this.now = to;
    this.link.advance(to);
  }

  get times(): number[] {
    return this.arrived.map(([, time]) => time);
  }
}

describe('without a rate', () => {
  test('packets arrive at once', () => {
    const watched = new Watched({});
    watched.send(200);
    watched.link.advance(0);
    expect(watched.arrived).toHaveLength(200);
    expect(watched.dropped).toEqual([]);
  });

  test('packets arrive after their delay', () => {
    const watched = new Watched({});
    watched.send(1, { delayMs: 50 });
    expect(watched.link.advance(49.9)).toBe(50);
    expect(watched.arrived).toEqual([]);
    watched.run(100);
    expect(watched.arrived).toEqual([[1, 50]]);
  });
});

describe('the order', () => {
  const delays = [50, 10, 30, 60];
  const arrivedUnder = (order: string) => {
    const watched = new Watched({ order });
    for (const delayMs of delays) watched.send(1, { delayMs });
    watched.run(100);
    return watched.arrived;
  };

  test('is kept: no packet overtakes another', () => {
    expect(arrivedUnder('keep')).toEqual([
      [1, 50],
      [2, 50],
      [3, 50],
      [4, 60],
    ]);
  });

  test('is free: each packet arrives at its own time', () => {
    expect(arrivedUnder('free')).toEqual([
      [2, 10],
      [3, 30],
      [1, 50],
      [4, 60],
    ]);
  });

  test('is kept from the moment on at which it is set', () => {
    const watched = new Watched({ order: 'free' });
    for (const delayMs of [50, 10]) watched.send(1, { delayMs });
    watched.link.change(conditionsOf({ order: 'keep' }));
    watched.send(1);
    watched.run(100);
    expect(watched.arrived).toEqual([
      [2, 10],
      [1, 50],
      [3, 50],
    ]);
  });
});

describe('the rate', () => {
  test('lets a packet leave each 8 ms: 1000 bytes at 1 mbit', () => {
    const watched = new Watched({ rate: '1mbit' });
    watched.send(5);
    watched.run(100);
    expect(watched.times).toEqual([8, 16, 24, 32, 40]);
  });

  test('is exact whenever somebody looks', () => {
    const pauses = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(pauses, (all) => {
        const watched = new Watched({ rate: '1mbit', queue: '1000' });
        watched.send(200);
        for (const pause of all) {
          watched.now += pause;
          const next = watched.link.advance(watched.now);
          const departed = Math.min(200, Math.floor(watched.now / 8));
          expect(watched.arrived).toHaveLength(departed);
          expect(next).toBe(departed < 200 ? (departed + 1) * 8 : undefined);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('counts Ethernet headers, and each packet by its own length', () => {
    const watched = new Watched({ rate: '1mbit' });
    for (const length of [486, 1_486, 111]) watched.send(1, { bytes: Buffer.alloc(length) });
    watched.run(100);
    expect(watched.times).toEqual([4, 16, 17]);
  });

  test('saves nothing up in a pause', () => {
    const watched = new Watched({ rate: '1mbit' });
    watched.send(1);
    watched.run(1_000);
    watched.send(2);
    watched.run(2_000);
    expect(watched.times).toEqual([8, 1_008, 1_016]);
  });

  test('comes before the delay, which is no part of the queue', () => {
    const watched = new Watched({ rate: '1mbit' });
    watched.send(3, { delayMs: 50 });
    watched.run(30);
    expect(watched.link.queue).toEqual({ packets: 0, bytes: 0 });
    expect(watched.link.room.packets).toBe(3);
    watched.run(100);
    expect(watched.times).toEqual([58, 66, 74]);
  });

  test('has the delay begin at the departure, also when somebody looks late', () => {
    const watched = new Watched({ rate: '1mbit' });
    watched.send(2, { delayMs: 50 });
    expect(watched.link.advance(30)).toBe(58);
    watched.now = 30;
    watched.run(100);
    expect(watched.times).toEqual([58, 66]);
  });

  test('concerns what waits when it changes', () => {
    const watched = new Watched({ rate: '1mbit' });
    watched.send(3);
    watched.run(8);
    watched.link.change(conditionsOf({ rate: '2mbit' }));
    watched.run(100);
    expect(watched.times).toEqual([8, 12, 16]);
  });

  test('that is taken away lets all leave that wait', () => {
    const watched = new Watched({ rate: '1kbit' });
    watched.send(3);
    watched.link.change(conditionsOf());
    watched.send(1);
    watched.run(1);
    expect(watched.arrived).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
    ]);
  });
});

describe('the token bucket', () => {
  test('lets a burst pass at once, and then the rate counts', () => {
    const watched = new Watched({ rate: '1mbit', bucket: '3kB' });
    watched.now = 1_000;
    watched.send(5);
    watched.run(2_000);
    expect(watched.times).toEqual([1_000, 1_000, 1_000, 1_008, 1_016]);
  });

  test('fills up again at the rate', () => {
    const watched = new Watched({ rate: '1mbit', bucket: '3kB' });
    watched.now = 1_000;
    watched.send(3);
    watched.run(1_016);
    watched.send(3);
    watched.run(2_000);
    expect(watched.times).toEqual([1_000, 1_000, 1_000, 1_016, 1_016, 1_024]);
  });

  test('never lets more pass than the rate and one bucket', () => {
    const watched = new Watched({ rate: '1mbit', bucket: '3kB', queue: '1000' });
    watched.now = 1_000;
    watched.send(100);
    watched.run(3_000);
    for (const [index, time] of watched.times.entries()) {
      expect((index + 1) * 1_000).toBeLessThanOrEqual(3_000 + ((time - 1_000) * 1_000) / 8);
    }
    expect(watched.times.at(-1)).toBe(1_000 + 97 * 8);
  });
});

describe('a queue', () => {
  test('of 50 packets drops the 51st, and has room again when one has left', () => {
    const watched = new Watched({ rate: '1mbit', queue: '50' });
    watched.send(51);
    expect(watched.dropped).toEqual([[51, 'tail-drop']]);
    expect(watched.link.queue).toEqual({ packets: 50, bytes: 50_000 });
    watched.run(8);
    watched.send(2);
    expect(watched.dropped).toEqual([
      [51, 'tail-drop'],
      [53, 'tail-drop'],
    ]);
  });

  test('of 5000 bytes takes five frames of 1000, and then none, however small', () => {
    const watched = new Watched({ rate: '1mbit', queue: '5kB' });
    watched.send(5);
    watched.send(1, { bytes: Buffer.alloc(20) });
    expect(watched.dropped).toEqual([[6, 'tail-drop']]);
    expect(watched.link.queue).toEqual({ packets: 5, bytes: 5_000 });
  });

  test('of bytes takes a small packet where a large one has no room', () => {
    const watched = new Watched({ rate: '1mbit', queue: '2kB' });
    watched.send(1);
    watched.send(1, { bytes: Buffer.alloc(1_486) });
    watched.send(1, { bytes: Buffer.alloc(500) });
    expect(watched.dropped).toEqual([[2, 'tail-drop']]);
  });

  test('keeps its order and its bytes over thousands of packets', () => {
    const watched = new Watched({ rate: '1gbit', queue: '5000' });
    watched.send(5_000);
    watched.run(1_000);
    expect(watched.arrived.map(([name]) => name)).toEqual(
      Array.from({ length: 5_000 }, (_, index) => index + 1),
    );
    expect(watched.link.queue).toEqual({ packets: 0, bytes: 0 });
  });
});

/** Sends at a share of the rate, evenly: one frame of 1000 bytes takes 8 ms. */
function load(watched: Watched, { share, until }: { share: number; until: number }): void {
  while (watched.now < until) {
    watched.send(1);
    watched.run(watched.now + 8 / share);
  }
}

describe('RED', () => {
  test('drops nothing of a short burst, which fits in the queue', () => {
    const watched = new Watched({ rate: '1mbit', queue: '100', aqm: 'red' });
    watched.random = 0;
    watched.send(90);
    watched.run(1_000);
    expect(watched.dropped).toEqual([]);
  });

  test('drops packets of a standing queue before it is full', () => {
    const watched = new Watched({ rate: '1mbit', queue: '100', aqm: 'red' });
    watched.random = 0.03;
    load(watched, { share: 1.02, until: 60_000 });
    expect(watched.dropped.length).toBeGreaterThan(10);
    expect(new Set(watched.dropped.map(([, why]) => why))).toEqual(new Set(['early-drop']));
  });

  test('forgets the queue in a pause', () => {
    const watched = new Watched({ rate: '1mbit', queue: '10', aqm: 'red' });
    watched.random = 0.5;
    load(watched, { share: 4, until: 20_000 });
    watched.run(watched.now + 60_000);
    const { length } = watched.dropped;
    watched.send(5);
    expect(watched.dropped).toHaveLength(length);
  });
});

describe('CoDel', () => {
  test('drops nothing of a short burst', () => {
    const watched = new Watched({ rate: '1mbit', aqm: 'codel' });
    watched.send(12);
    watched.run(1_000);
    expect(watched.dropped).toEqual([]);
  });

  test('drops the first packets of a standing queue, so that others wait for less', () => {
    const watched = new Watched({ rate: '1mbit', aqm: 'codel' });
    watched.send(50);
    watched.run(1_000);
    expect(watched.dropped.length).toBeGreaterThan(3);
    expect(watched.dropped.every(([, why]) => why === 'early-drop')).toBe(true);
    // The first packet that the link is free for 5 ms late is at 8 ms, and CoDel waits for 100 ms more.
    expect(watched.dropped[0]).toEqual([15, 'early-drop']);
    expect(watched.times).toEqual(watched.times.map((_, index) => (index + 1) * 8));
  });

  test('asks about each packet once, when the link is free for it', () => {
    const watched = new Watched({ rate: '64kbit', aqm: 'codel' });
    watched.send(2);
    watched.run(130);
    // The second packet was the last when it was asked about, so the third begins the 100 ms.
    watched.send(4);
    watched.run(1_000);
    expect(watched.dropped).toEqual([[4, 'early-drop']]);
    expect(watched.times).toEqual([125, 250, 375, 500, 625]);
  });

  test('leaves a link alone on which no more than one full frame waits', () => {
    const watched = new Watched({ rate: '1mbit', aqm: 'codel' });
    load(watched, { share: 1, until: 2_000 });
    // Two packets more: each waits for 16 ms, and one full frame at most is after it.
    watched.send(2);
    load(watched, { share: 1, until: 5_000 });
    expect(watched.dropped).toEqual([]);
  });
});

describe('one direction holds at most', () => {
  test('100000 packets', () => {
    const watched = new Watched({});
    const one = packet(1, { delayMs: 1_000 });
    for (let n = 0; n < 100_002; n += 1) watched.link.send(one, 0);
    expect(watched.link.room.packets).toBe(100_000);
    expect(watched.dropped).toEqual([
      [1, 'overflow'],
      [1, 'overflow'],
    ]);
  });

  test.each([
    ['on the way', {}],
    ['in the queue', { rate: '1kbit', queue: '100000' }],
  ])('128 MiB %s, and some more after they have left', (_where, texts) => {
    const watched = new Watched(texts);
    const large = packet(1, { bytes: Buffer.alloc(65_535), delayMs: 1_000 });
    for (let n = 0; n < 2_100; n += 1) watched.link.send(large, 0);
    expect(watched.link.room.packets).toBe(Math.ceil((128 * 2 ** 20) / 65_535));
    const { length } = watched.dropped;
    expect(watched.dropped.every(([, why]) => why === 'overflow')).toBe(true);
    expect(length).toBe(2_100 - watched.link.room.packets);
    watched.link.change(conditionsOf());
    watched.run(2_000);
    expect(watched.link.room.packets).toBe(0);
    watched.send(1);
    watched.link.advance(2_000);
    expect(watched.dropped).toHaveLength(length);
  });
});
