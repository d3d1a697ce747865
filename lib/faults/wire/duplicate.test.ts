import { expect, test } from '@jest/globals';
import { udpPacket } from '#lib/packet/testing.ts';
import { duplicate } from './duplicate.ts';
import { decide, packetsOf } from './testing.ts';

const bytes = udpPacket({ payload: 'hello' });

test('sends the packet twice', () => {
  expect(decide(duplicate, bytes)).toEqual({
    detail: {},
    steps: [
      { do: 'send', bytes },
      { do: 'send', bytes },
    ],
    phrase: 'twice',
  });
});

test('sends two packets of which one can change without the other', () => {
  const [one, other] = packetsOf(decide(duplicate, bytes)!.steps);
  one![8]! += 1;
  expect(one![8]).toBe(other![8]! + 1);
});
