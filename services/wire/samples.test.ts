import { expect, test } from '@jest/globals';
import { addressNumber } from '#lib/packet/packet.ts';
import { CLIENT, udpPacket } from '#lib/packet/testing.ts';
import { Samples } from './samples.ts';
import { conditionsOf } from './testing.ts';
import { Wire } from './wire.ts';

test('a queue is sampled while it holds something, once more when it is empty, and with what it dropped', () => {
  const conditions = { up: conditionsOf({ rate: '1mbit', queue: '2' }), down: conditionsOf() };
  const wire = new Wire('alice', conditions, {
    address: addressNumber('10.0.28.1'),
    clientAddress: addressNumber(CLIENT),
    transmit: () => undefined,
    onStruck: () => undefined,
  });
  const samples = new Samples(wire);
  expect(samples.next()).toEqual([]);
  for (let count = 0; count < 5; count += 1) wire.receive(udpPacket({ payload: 'x'.repeat(100) }), 0);
  const sample = { event: 'queue', direction: 'up' };
  expect(samples.next()).toEqual([{ ...sample, packets: 2, bytes: 2 * 142, dropped: 3 }]);
  wire.advance(1.2);
  expect(samples.next()).toEqual([{ ...sample, packets: 1, bytes: 142, dropped: 0 }]);
  wire.advance(1_000);
  expect(samples.next()).toEqual([{ ...sample, packets: 0, bytes: 0, dropped: 0 }]);
  expect(samples.next()).toEqual([]);

  for (let count = 0; count < 5; count += 1) wire.receive(udpPacket({ payload: 'x'.repeat(100) }), 1_000);
  samples.next();
  wire.change('up', conditions.up, 'alice');
  wire.receive(udpPacket({ payload: 'x'.repeat(100) }), 1_000);
  expect(samples.next()).toEqual([{ ...sample, packets: 2, bytes: 2 * 142, dropped: 1 }]);
});
