import { expect, test } from '@jest/globals';
import { udpPacket } from '#lib/packet/testing.ts';
import { reorder } from './reorder.ts';
import { decide } from './testing.ts';

const bytes = udpPacket({ payload: 'hello' });

test.each([
  [1, 'sent after the next one'],
  [3, 'sent after the next 3'],
])('sends the packet after the next %i of its flow', (by, phrase) => {
  expect(decide(reorder, bytes, { reorderBy: by })).toEqual({
    detail: { by },
    steps: [{ do: 'send-after', bytes, packets: by }],
    phrase,
  });
});
