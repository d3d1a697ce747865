import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Datagram, encodeDatagram, isOfTransfer } from '#lib/transfer/datagram.ts';
import { modeNames } from '#lib/transfer/kinds.ts';
import { encodeOpen } from '#lib/transfer/open.ts';
import { encodeReceipt } from '#lib/transfer/receipt.ts';
import { LOOK_MS, peer, useTransfers } from './testing.ts';

const server = useTransfers();

const small = fc.nat(6);
const opens = fc
  .record({ bytes: fc.nat(40), segment: fc.integer({ min: 1, max: 9 }), echo: fc.boolean() })
  .map((parameters) => encodeOpen({ ...parameters, minRto: 40, maxRto: 40, tries: 2 }));
const receipts = fc
  .record({ bytes: small, duplicates: small, outOfOrder: small })
  .map((counts) => encodeReceipt({ ...counts, sha256: 'e'.repeat(64) }));
const payloads = fc.oneof(opens, receipts, fc.uint8Array({ maxLength: 9 }).map(Buffer.from));

/** Well-formed datagrams with random content. */
const datagrams: fc.Arbitrary<Datagram> = fc.record({
  kind: fc.constantFrom('OPEN', 'OPEN', 'DATA', 'DATA', 'DATA', 'CLOSE', 'ACK', 'ABORT'),
  id: fc.constantFrom('c0ffee01', 'c0ffee02'),
  mode: fc.constantFrom(...modeNames),
  sequence: fc.oneof(small, small, fc.nat(65_535)),
  ack: fc.oneof(small, small, fc.nat(65_535)),
  window: fc.constantFrom(0, 1, 1, 4, 256, 9_999),
  payload: payloads,
});

test('with any datagrams in any order nothing is thrown, only datagrams are sent, and no memory stays in use', () => {
  const property = fc.property(fc.array(datagrams, { maxLength: 30 }), (all) => {
    for (const one of all) server.transfers.receive(one, Buffer.alloc(0), peer);
    for (const one of server.sent.splice(0)) expect(isOfTransfer(encodeDatagram(one))).toBe(true);
    server.transfers.close();
    expect(server.transfers.size).toBe(0);
    expect([server.time.waiting(40), server.time.waiting(LOOK_MS)]).toEqual([0, 0]);
  });
  fc.assert(property, { numRuns: 400, seed: 7 });
});
