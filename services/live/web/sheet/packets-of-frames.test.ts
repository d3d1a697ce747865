import { expect, test } from '@jest/globals';
import { packetOf, TestFeed } from '../testing.ts';
import { PacketsOfFrames } from './packets-of-frames.ts';

test('a frame is the packet that has its number in that capture', () => {
  const { history, packets } = new TestFeed();
  packets.push(
    packetOf(1, { frames: { client: 4, server: 5 } }),
    packetOf(2, { frames: { client: 5 } }),
    packetOf(3),
  );
  const wanted = [
    { capture: 'client', number: 5 },
    { capture: 'server', number: 5 },
    { capture: 'server', number: 4 },
    { capture: 'wire', number: 4 },
  ];
  const found = new PacketsOfFrames(history, wanted);
  expect(wanted.map((frame) => found.of(frame))).toEqual([2, 1, undefined, undefined]);
  expect(found.of({ capture: 'client', number: 4 })).toBeUndefined();
});
