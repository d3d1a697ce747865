import { expect, test } from '@jest/globals';
import { packetOf } from './packet-testing.ts';
import { Packets } from './packets.ts';

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => packetOf({ id: from + index, time: from + index }));
const ids = (packets: Packets) => packets.all.map(({ id }) => id);

test('packets are in the order in which they were sent', () => {
  const packets = new Packets();
  packets.add([packetOf({ id: 1, time: 10 }), packetOf({ id: 2, time: 30 }), packetOf({ id: 3, time: 20 })]);
  packets.add([packetOf({ id: 4, time: 20 })]);
  expect(ids(packets)).toEqual([1, 3, 4, 2]);
  expect(packets.lastId).toBe(4);
});

test('a packet that is known is replaced', () => {
  const packets = new Packets();
  packets.add(numbered(1, 3));
  packets.add([...numbered(2, 2), packetOf({ id: 3, time: 1.5, fate: 'lost' }), ...numbered(4, 4)]);
  expect(ids(packets)).toEqual([1, 3, 2, 4]);
  expect(packets.get(3)!.fate).toBe('lost');
});

test('a change replaces the packet, so that its row is drawn again', () => {
  const packets = new Packets();
  packets.add(numbered(1, 3));
  const [before, version] = [packets.get(2), packets.version];
  packets.change([
    { id: 2, fate: 'lost' },
    { id: 9, fate: 'lost' },
  ]);
  expect(packets.get(2)).toEqual({ ...before, fate: 'lost' });
  expect(packets.all[1]).toBe(packets.get(2));
  expect(packets.version).toBeGreaterThan(version);
});

test('the oldest leave, and their number stays bounded', () => {
  const packets = new Packets(100);
  for (let id = 1; id <= 1_000; id += 7) packets.add(numbered(id, id + 6));
  expect(packets.all.length).toBeLessThanOrEqual(100);
  expect(packets.all.length).toBeGreaterThan(90);
  expect(packets.get(1)).toBeUndefined();
  expect(packets.all.at(-1)!.id).toBe(1_001);
});

test('earlier packets displace the newest, and new ones are counted until it is at the newest again', () => {
  const packets = new Packets(10);
  packets.add(numbered(101, 110));
  packets.addEarlier(numbered(96, 100));
  expect(ids(packets)).toEqual([96, 97, 98, 99, 100, 101, 102, 103, 104, 105]);
  expect(packets.isAtNewest).toBe(false);
  packets.add(numbered(111, 112));
  expect(packets.later).toBe(7);
  packets.addLater(numbered(106, 110));
  expect(packets.later).toBe(2);
  expect(ids(packets)).toEqual([101, 102, 103, 104, 105, 106, 107, 108, 109, 110]);
  packets.renew(numbered(108, 112));
  expect(ids(packets)).toEqual([108, 109, 110, 111, 112]);
  expect(packets.isAtNewest).toBe(true);
});
