import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Beginning, LivePacket } from '../../contract.ts';
import { packetOf } from '../testing.ts';
import { Channel, type Source } from './channel.ts';
import { messageOf } from './message.ts';

const LIMIT = 200;
const state: Beginning = {
  ...{ tallies: [], samples: {}, sequence: [], problems: [], wire: {}, runs: [], ended: [] },
};
const ofBytes = (length: number) => ({ bytes: Buffer.alloc(length), lastPacket: 0 });

let packets: LivePacket[];
const wake = jest.fn();
const source: Source = {
  newest: jest.fn((count: number) => packets.slice(-count)),
  countBetween: (after, before) => before - after - 1,
  state: () => state,
};
let channel: Channel;

beforeEach(() => {
  jest.clearAllMocks();
  packets = [];
  channel = new Channel('all', source, LIMIT, wake);
});

describe('a channel', () => {
  test('keeps the newest messages within its limit', () => {
    const messages = [90, 90, 90].map(ofBytes);
    for (const message of messages) channel.add(message);
    expect([1, 2, 3, 4, 5].map((position) => channel.has(position))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect([2, 3, 4].map((position) => channel.at(position))).toEqual([messages[1], messages[2], undefined]);
    expect(channel.end).toBe(4);
    expect(wake).toHaveBeenCalledTimes(3);
  });

  test('keeps a message that is longer than its limit until the next one', () => {
    channel.add(ofBytes(LIMIT + 1));
    expect(channel.has(1)).toBe(true);
    channel.add(ofBytes(1));
    expect(channel.has(1)).toBe(false);
  });

  test('begins with the newest 2,000 packets, then with the state', () => {
    packets = Array.from({ length: 2_100 }, (_, index) => packetOf(index + 1).packet);
    const messages = channel.beginning();
    expect(messages.map(({ lastPacket }) => lastPacket)).toEqual([600, 1_100, 1_600, 2_100, 0]);
    expect(messages.at(-1)).toEqual(messageOf({ name: 'beginning', data: state }));
  });

  test('is read and serialised once for all that begin at the same message', () => {
    expect(channel.beginning()).toBe(channel.beginning());
    expect(source.newest).toHaveBeenCalledTimes(1);
    const before = channel.beginning();
    channel.add(ofBytes(1));
    expect(channel.beginning()).not.toBe(before);
  });

  test('says what is left out between a packet and the newest ones', () => {
    packets = [packetOf(11).packet, packetOf(12).packet];
    expect(channel.omittedAfter(4)).toEqual(
      messageOf({ name: 'omitted', data: { count: 6, after: 4, before: 11 } }),
    );
    expect(channel.omittedAfter(10)).toBeUndefined();
    packets = [];
    expect(channel.omittedAfter(4)).toBeUndefined();
  });
});

test('a message is an event of a stream, with the id of its last packet', () => {
  const { packet } = packetOf(7, { info: 'two\nlines' });
  expect(messageOf({ name: 'packets', data: [packet] })).toEqual({
    bytes: Buffer.from(`event: packets\ndata: ${JSON.stringify([packet])}\n\n`),
    lastPacket: 7,
  });
});
