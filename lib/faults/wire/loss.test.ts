import { expect, test } from '@jest/globals';
import { ipPacket, tcpPacket } from '#lib/packet/testing.ts';
import { loss } from './loss.ts';
import { decide } from './testing.ts';

test.each([
  ['a segment', tcpPacket({ payload: 'Hey' })],
  ['a packet without content', ipPacket(132, Buffer.alloc(0))],
])('sends nothing of %s', (_what, packet) => {
  expect(decide(loss, packet)).toEqual({ detail: {}, steps: [], phrase: 'lost on the way' });
});
