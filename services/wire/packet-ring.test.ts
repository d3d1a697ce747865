import { expect, test } from '@jest/globals';
import { PacketRing } from './packet-ring.ts';

/** What the main thread takes out of the ring, as text. */
function taken(ring: PacketRing): string[] {
  const texts: string[] = [];
  while (ring.take((bytes) => texts.push(bytes.toString())));
  return texts;
}

const put = (ring: PacketRing, text: string) => ring.put((room) => room.write(text));

test('packets leave in their order, also around the end of the ring', () => {
  const ring = new PacketRing();
  const other = new PacketRing(ring.memory);
  for (let round = 0; round < 1_000; round += 1) {
    const texts = Array.from({ length: 1 + (round % 7) }, (_, index) => `${round} ${index}`);
    for (const text of texts) put(other, text);
    expect(ring.size).toBeGreaterThan(0);
    expect(taken(ring)).toEqual(texts);
    expect(ring.size).toBe(0);
  }
});

test('the place of a packet is free when the function that took it has returned', () => {
  const ring = new PacketRing();
  put(ring, 'a');
  ring.take(() => expect(ring.size).toBeGreaterThan(0));
  expect(ring.size).toBe(0);
  expect(ring.take(() => undefined)).toBe(false);
});

test('who waits is told of a packet, and of one that came before', async () => {
  const ring = new PacketRing();
  const filled = ring.filled();
  put(ring, 'a');
  await filled;
  await ring.filled();
  expect(taken(ring)).toEqual(['a']);
});

test('who waits is told that it shall look again', async () => {
  const ring = new PacketRing();
  const filled = ring.filled();
  ring.wake();
  await filled;
  expect(ring.size).toBe(0);
});

test('who waits without a packet goes on in time', async () => {
  const ring = new PacketRing();
  ring.wait(1);
  await ring.filled(1);
  expect(ring.size).toBe(0);
});
