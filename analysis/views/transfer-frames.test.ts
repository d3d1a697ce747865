import { expect, test } from '@jest/globals';
import type { Frame } from '#analysis/capture/frames.ts';
import type { Carried } from '#analysis/capture/packet.ts';
import { carried } from '#analysis/capture/testing.ts';
import { type Datagram, encodeDatagram } from '#lib/transfer/datagram.ts';
import { TransferFrames } from './transfer-frames.ts';

const data: Datagram = {
  kind: 'DATA',
  id: '0123abcd',
  mode: 'go-back-n',
  sequence: 1,
  ack: 0,
  window: 0,
  payload: Buffer.from('hello'),
};

/** A packet of a client port over UDP. */
function packet(client: number, payload: string | Buffer, given: Partial<Carried> = {}): Carried {
  return carried({ transport: 'udp', seq: Number.NaN, client, text: payload, ...given });
}

/** What is shown of these packets, by place. */
function shown(id: string, packets: readonly Carried[]): number[] {
  const ofTransfer = new TransferFrames(id);
  for (const one of packets) {
    const client = one.toServer ? one.from : one.to;
    ofTransfer.take({ ...one, client } as unknown as Frame);
  }
  return packets.flatMap((one, at) => (ofTransfer.has(one) ? [at] : []));
}

test('both directions of a transfer are shown, and nothing of another transfer', () => {
  const of = (id: string, kind: 'DATA' | 'ACK') => encodeDatagram({ ...data, id, kind });
  const packets = [
    packet(41_000, of('0123abcd', 'DATA')),
    packet(41_000, of('0123abcd', 'ACK'), { toServer: false }),
    packet(41_001, of('00000001', 'DATA')),
  ];
  expect(shown('0123abcd', packets)).toEqual([0, 1]);
  expect(shown('00000001', packets)).toEqual([2]);
  expect(shown('00000002', packets)).toEqual([]);
});

test('a damaged datagram belongs to the transfer of its client', () => {
  const damaged = encodeDatagram(data);
  damaged[60]! ^= 1;
  const packets = [
    packet(41_000, damaged),
    packet(41_000, encodeDatagram(data)),
    packet(41_001, damaged),
    packet(41_001, 'Hey'),
  ];
  expect(shown('0123abcd', packets)).toEqual([0, 1]);
});

test('TCP and other frames are not shown', () => {
  const ofTransfer = new TransferFrames('0123abcd');
  expect(ofTransfer.has(undefined)).toBe(false);
  expect(ofTransfer.has(carried({ text: encodeDatagram(data) }))).toBe(false);
});
