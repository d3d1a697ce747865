import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hmacKey } from '#lib/message/hmac.ts';
import {
  decodeDatagram,
  encodeDatagram,
  HEADER_BYTES,
  hmacLength,
  hmacProblem,
  LARGEST_SIGNED_PAYLOAD,
  type Signature,
  tagAsSent,
} from './datagram.ts';
import { data } from './datagram-testing.ts';

const client: Signature = { key: hmacKey('alice')!, side: 'C' };
const server: Signature = { ...client, side: 'S' };

/** The problem with the HMAC of a datagram. */
function problem(bytes: Buffer, by: Signature) {
  return hmacProblem(bytes, decodeDatagram(bytes)!, by);
}

test('a datagram has its HMAC after its payload, and its length is that of the payload', () => {
  const bytes = encodeDatagram(data, client);
  const unsigned = encodeDatagram(data);
  const tag = tagAsSent(bytes);
  expect(bytes.toString('latin1', 0, 85)).toBe(unsigned.toString('latin1').replace(tagAsSent(unsigned), tag));
  const zeroed = unsigned.toString('latin1').replace(tagAsSent(unsigned), '00000000');
  const hmac = createHmac('sha256', 'alice').update(`C${zeroed}`, 'latin1').digest('hex');
  expect(bytes.toString('latin1', 85)).toBe(`|hmac-sha256:${hmac}`);
});

test('is read back, and its HMAC is valid only for its side and its token', () => {
  const payload = fc
    .uint8Array({ maxLength: LARGEST_SIGNED_PAYLOAD, size: 'max' })
    .map((bytes) => Buffer.from(bytes));
  const property = fc.property(payload, fc.constantFrom(client, server), (given, by) => {
    const bytes = encodeDatagram({ ...data, payload: given }, by);
    const before = Buffer.from(bytes);
    const read = decodeDatagram(bytes)!;
    expect(read.payload.equals(given)).toBe(true);
    expect(hmacLength(bytes, read)).toBe(77);
    expect([problem(bytes, client), problem(bytes, server)]).toEqual(
      by === client ? [undefined, 'wrong HMAC'] : ['wrong HMAC', undefined],
    );
    expect(problem(bytes, { ...by, key: hmacKey('bob')! })).toBe('wrong HMAC');
    expect(bytes).toEqual(before);
  });
  fc.assert(property, { numRuns: 50 });
});

test('without an HMAC it has none, even when its payload ends like one', () => {
  const bytes = encodeDatagram({ ...data, payload: encodeDatagram(data, client).subarray(HEADER_BYTES) });
  expect(hmacLength(bytes, decodeDatagram(bytes)!)).toBe(0);
  expect(problem(bytes, client)).toBe('no HMAC');
});

describe('with a right tag', () => {
  /** Bytes changed by somebody without the token, with a new right tag. */
  const altered = (from: string, to: string) => {
    const [own, bytes] = [encodeDatagram(data, client), encodeDatagram(data)];
    const text = own.toString('latin1').replace(tagAsSent(own), '00000000').replace(from, to);
    const whole = Buffer.from(text, 'latin1');
    expect(whole.length).toBeGreaterThan(bytes.length);
    return retagged(whole);
  };

  test.each([
    ['another payload', 'hello', 'hullo'],
    ['another number', 's=00042', 's=00043'],
    ['another id', '0123abcd', '0123abce'],
    ['another kind', 'DATA ', 'CLOSE'],
    ['another window', 'w=0000', 'w=0001'],
  ])('%s makes the HMAC wrong, but counts as no damage', (_what, from, to) => {
    expect(problem(altered(from, to), client)).toBe('wrong HMAC');
  });

  test('a datagram with an incomplete HMAC is damaged', () => {
    const hmac = String(encodeDatagram(data, client).subarray(85));
    for (const end of [
      hmac.slice(0, -1),
      `${hmac}0`,
      hmac.toUpperCase(),
      hmac.replace('|', ' '),
      `${hmac}${hmac}`,
    ]) {
      expect(
        decodeDatagram(retagged(Buffer.concat([encodeDatagram(data), Buffer.from(end)]))),
      ).toBeUndefined();
    }
  });
});

test('that was damaged is not read, with its HMAC included', () => {
  const whole = encodeDatagram(data, client);
  for (const at of whole.keys()) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1;
    expect(decodeDatagram(bytes)).toBeUndefined();
    expect(decodeDatagram(whole.subarray(0, at))).toBeUndefined();
  }
});

test('a payload is as long as the HMAC leaves room for', () => {
  expect(LARGEST_SIGNED_PAYLOAD).toBe(1_243);
  expect(encodeDatagram({ ...data, payload: Buffer.alloc(1_243) }, client)).toHaveLength(1_400);
  expect(() => encodeDatagram({ ...data, payload: Buffer.alloc(1_244) }, client)).toThrow(RangeError);
});

/** Bytes with their right tag. */
function retagged(bytes: Buffer): Buffer {
  bytes.write('00000000', 68, 'latin1');
  bytes.write(createHash('sha1').update(bytes).digest('hex').slice(0, 8), 68, 'latin1');
  return bytes;
}
