import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Beginning } from '../../contract.ts';
import type { StoredPacket } from '../../feed/feed.ts';
import { packetOf, TestFeed } from '../testing.ts';
import { FilteredPackets, type FilteredParts } from './filtered.ts';
import type { LiveEvent } from './message.ts';

/** A matcher that decides when a test says so: even ids match. */
class TestMatcher {
  frames = 0;
  isFull = false;
  readonly written: number[][] = [];
  readonly finish = jest.fn();
  readonly end = jest.fn();
  readonly parts: Parameters<FilteredParts['startMatching']>[0];

  constructor(parts: Parameters<FilteredParts['startMatching']>[0]) {
    this.parts = parts;
  }

  write(packets: readonly StoredPacket[]): boolean {
    if (this.isFull) return false;
    this.written.push(packets.map(({ packet }) => packet.id));
    return true;
  }

  decide(): void {
    for (const ids of this.written.splice(0)) {
      this.parts.onDecided(
        ids.filter((id) => id % 2 === 0),
        ids.at(-1) ?? 0,
      );
    }
  }
}

const state: Beginning = {
  ...{ tallies: [], samples: {}, sequence: [], problems: [], wire: {}, runs: [], ended: [] },
};
let feed: TestFeed;
let matchers: TestMatcher[];
let events: LiveEvent[];
const onFailure = jest.fn<(why: string) => void>();

function start(): FilteredPackets {
  return new FilteredPackets({
    feed,
    startMatching(parts) {
      const matcher = new TestMatcher(parts);
      matchers.push(matcher);
      return matcher;
    },
    emit: (event) => events.push(event),
    onFailure,
  });
}

const ids = () => events.map(({ name, data }) => [name, (data as { id: number }[]).map(({ id }) => id)]);

beforeEach(() => {
  feed = new TestFeed();
  matchers = [];
  events = [];
  onFailure.mockReset();
});

describe('packets that match a filter', () => {
  test('are those of the history, and then those that arrive', async () => {
    feed.packets.push(...[1, 2, 3, 4].map((id) => packetOf(id)));
    const filtered = start();
    const begun = filtered.begun();
    matchers[0]!.decide();
    await begun;
    expect(filtered.newest(9).map(({ id }) => id)).toEqual([2, 4]);
    feed.add(packetOf(5), packetOf(6));
    matchers[0]!.decide();
    expect(ids()).toEqual([
      ['packets', [2, 4]],
      ['packets', [6]],
    ]);
    expect(filtered.before(6, 1).map(({ id }) => id)).toEqual([4]);
    expect(filtered.after(2, 1).map(({ id }) => id)).toEqual([4]);
    expect(filtered.source(() => state).countBetween(2, 6)).toBe(1);
    feed.packets.splice(0, 4);
    expect(filtered.after(0, 9).map(({ id }) => id)).toEqual([6]);
    expect(filtered.after(6, 9)).toEqual([]);
  });

  test('change, and the others do not', () => {
    start();
    feed.add(packetOf(1), packetOf(2));
    matchers[0]!.decide();
    events = [];
    feed.emit({ name: 'changes', data: [{ id: 1, fate: 'lost' }] });
    feed.emit({
      name: 'changes',
      data: [
        { id: 1, fate: 'lost' },
        { id: 2, fate: 'lost' },
      ],
    });
    expect(events).toEqual([{ name: 'changes', data: [{ id: 2, fate: 'lost' }] }]);
  });

  test('are left out, and counted, when tshark has too many already', () => {
    start();
    feed.add(packetOf(1));
    matchers[0]!.isFull = true;
    feed.add(packetOf(2), packetOf(3));
    expect(events).toEqual([{ name: 'omitted', data: { count: 2, after: 1, before: 4 } }]);
  });

  test('may be among those that the feed left out, which is told', () => {
    start();
    const data = { count: 7, after: 3, before: 4 };
    feed.emit({ name: 'omitted', data });
    expect(events).toEqual([{ name: 'omitted', data }]);
  });

  test('are found in the whole history', () => {
    feed.packets.push(...Array.from({ length: 20_000 }, (_, index) => packetOf(index + 1)));
    start();
    expect(matchers[0]!.written[0]).toHaveLength(20_000);
  });

  test('are known at once when there are none yet', async () => {
    await start().begun();
  });
});

describe('tshark', () => {
  test('is replaced before it remembers too much, and no packet is missed or told twice', () => {
    start();
    feed.add(packetOf(1), packetOf(2));
    matchers[0]!.frames = 40_001;
    feed.add(packetOf(3), packetOf(4));
    expect(matchers[0]!.finish).toHaveBeenCalled();
    feed.add(packetOf(5), packetOf(6));
    matchers[0]!.decide();
    matchers[0]!.parts.onEnd(undefined);
    expect(matchers[1]!.written).toEqual([[1, 2, 3, 4, 5, 6]]);
    matchers[1]!.decide();
    feed.add(packetOf(7), packetOf(8));
    matchers[1]!.decide();
    expect(ids()).toEqual([
      ['packets', [2]],
      ['packets', [4]],
      ['packets', [6]],
      ['packets', [8]],
    ]);
  });

  test('may fail, which is told once', async () => {
    feed.packets.push(packetOf(1));
    const filtered = start();
    matchers[0]!.parts.onEnd('no room');
    matchers[0]!.parts.onEnd('no room');
    expect(onFailure.mock.calls).toEqual([['no room']]);
    await filtered.begun();
    feed.add(packetOf(2));
    expect(matchers[0]!.written).toEqual([[1]]);
  });

  test('ends with its user', () => {
    start().end();
    expect(matchers[0]!.end).toHaveBeenCalled();
    matchers[0]!.parts.onEnd('killed');
    expect(onFailure).not.toHaveBeenCalled();
  });
});
