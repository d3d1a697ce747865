import { describe, expect, test } from '@jest/globals';
import { hmacKey } from '#lib/message/hmac.ts';
import { checksum, encodeMessage, Message } from '#lib/message/message.ts';
import { readReply, readReplyAsReference, refusedFor } from './reply.ts';

const sent = new Message(encodeMessage('Test3'));
const corrupted = Buffer.from([0xab, ...Buffer.from('est3|5e595222')]);

test.each([
  ['the echo', encodeMessage('Test3'), { verdict: 'valid', current: '5e595222', original: '5e595222' }],
  ['the echo with a newline', Buffer.from('Test3|5e595222\n'), { verdict: 'valid' }],
  [
    'another body with its tag',
    corrupted,
    { verdict: 'mismatch', current: '1c88a3ec', original: '5e595222' },
  ],
  ['the echo of another message', encodeMessage('Hey'), { verdict: 'other', original: 'e4599fa9' }],
  ['a corrupted echo of another message', Buffer.from('Hez|e4599fa9'), { verdict: 'other' }],
  ['a loss notice', Buffer.from('error_code'), { verdict: 'invalid-format' }],
  ['a truncated echo', Buffer.from('Test3|5e59'), { verdict: 'invalid-format' }],
  ['nothing', Buffer.alloc(0), { verdict: 'invalid-format' }],
])('reads %s', (_what, reply, read) => {
  expect(readReply(reply, sent)).toMatchObject(read);
});

test('a body with bars and no UTF-8 is valid byte by byte', () => {
  const body = Buffer.from([0x7c, 0xff, 0x7c, 0x00]);
  expect(readReply(encodeMessage(body), new Message(encodeMessage(body)))).toMatchObject({
    verdict: 'valid',
  });
  const altered = Buffer.concat([Buffer.from([0x7c, 0xfe, 0x7c, 0x00]), Buffer.from(`|${checksum(body)}`)]);
  expect(readReply(altered, new Message(encodeMessage(body)))).toMatchObject({ verdict: 'mismatch' });
});

test.each([
  ['the echo', encodeMessage('Test3'), { verdict: 'valid', current: '5e595222', original: '5e595222' }],
  // The reference client takes the checksum of the text with the replacement character, not of the bytes.
  ['a corrupted echo', corrupted, { verdict: 'mismatch', current: '86e1ea1e', original: '5e595222' }],
  ['the echo of another message', encodeMessage('Hey'), { verdict: 'valid' }],
  ['a loss notice', Buffer.from('error_code'), { verdict: 'invalid-format' }],
  ['a body with a bar', encodeMessage('a|b'), { verdict: 'mismatch' }],
])('as the reference client, reads %s', (_what, reply, read) => {
  expect(readReplyAsReference(reply)).toMatchObject(read);
});

describe('with a token', () => {
  const key = hmacKey('alice')!;
  const other = hmacKey('bob')!;
  const signed = encodeMessage('Test3', key);
  const own = String(signed).slice('Test3|'.length);
  const sentSigned = new Message(signed, true);

  test.each([
    ['the echo', signed, { verdict: 'valid', current: own, original: own }],
    ['the echo as a line', Buffer.from(`${signed}\n`), { verdict: 'valid' }],
    ['a changed body', Buffer.from(`Test4|${own}`), { verdict: 'mismatch', original: own }],
    ['the echo of another message', encodeMessage('Hey', key), { verdict: 'other' }],
    ['an HMAC of another token', encodeMessage('Test3', other), { verdict: 'mismatch', current: own }],
    ['another message with its HMAC', encodeMessage('Hey', other), { verdict: 'mismatch' }],
    ['a checksum', encodeMessage('Test3'), { verdict: 'invalid-format' }],
    ['a loss notice', Buffer.from('error_code'), { verdict: 'invalid-format' }],
    ['an HMAC that is cut off', signed.subarray(0, -1), { verdict: 'invalid-format' }],
  ])('%s is read by its HMAC', (_what, reply, read) => {
    expect(readReply(reply, sentSigned, key)).toMatchObject(read);
  });

  test.each([
    ['the echo', signed, { verdict: 'valid', current: own, original: own }],
    ['an HMAC of another token', encodeMessage('Test3', other), { verdict: 'mismatch' }],
    ['a checksum', encodeMessage('Test3'), { verdict: 'mismatch' }],
    ['no bar', Buffer.from('error_code'), { verdict: 'invalid-format' }],
  ])('%s is read like in the reference client, by its HMAC', (_what, reply, read) => {
    expect(readReplyAsReference(reply, key)).toMatchObject(read);
  });
});

test('without a token an HMAC is no tag', () => {
  expect(readReply(encodeMessage('Test3', hmacKey('alice')), sent)).toEqual({ verdict: 'invalid-format' });
});

test.each([
  [
    'refused: no HMAC, and this server wants one (LAB_TOKEN)\n',
    'no HMAC, and this server wants one (LAB_TOKEN): give this client the LAB_TOKEN of the server',
  ],
  ['refused: wrong HMAC\n', 'wrong HMAC: this client and the server have different LAB_TOKENs'],
  ['refused: it is Sunday\r\n', 'it is Sunday'],
  ['refused: wrong HMAC', undefined],
  ['refused: wrong HMAC|e4599fa9\n', undefined],
  ['Refused: wrong HMAC\n', undefined],
  ['error_code', undefined],
])('%j is a refusal, or not', (reply, refused) => {
  expect(refusedFor(Buffer.from(reply))).toBe(refused);
});
