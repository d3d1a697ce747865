import { expect, test } from '@jest/globals';
import { PacketRing } from './packet-ring.ts';

/** What the main thread takes out of the ring, as text. */
function taken(ring: PacketRing): string[] {
  const texts: string[] = [];
  ring.takeAll((bytes) => texts.push(bytes.toString()));
  return texts;
}

const put = (ring: PacketRing, text: string) => ring.put((room) => room.write(text));

test('packets leave in their order, also around the end of the ring', () => {
  const ring = new PacketRing();
  const other = new PacketRing(ring.memory);
  for (let round = 0; round < 1_000; round += 1) {
    const texts = Array.from({ length: 1 + (round % 7) }, (_, index) => `${round} ${index}`);
    for (const text of texts) put(other, text);
    expect(ring.isEmpty).toBe(false);
    expect(taken(ring)).toEqual(texts);
    expect(ring.isEmpty).toBe(true);
  }
});

test('the bytes of a packet belong to the one who took it', () => {
  const ring = new PacketRing();
  const kept: Buffer[] = [];
  for (let number = 0; number < 300; number += 1) {
    put(ring, String(number));
    ring.takeAll((bytes) => kept.push(bytes));
  }
  expect(kept.map(String)).toEqual(Array.from({ length: 300 }, (_, number) => String(number)));
});

test('who waits is told of a packet, and of one that came before', async () => {
  const ring = new PacketRing();
  const filled = ring.filled();
  put(ring, 'a');
  await filled;
  await ring.filled();
  expect(taken(ring)).toEqual(['a']);
});
