import { expect, test } from '@jest/globals';
import { checksum, encodeMessage, Message } from '#common/message.ts';
import { readReply, readReplyAsSeed } from './reply.ts';

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
  // The digits of the seed document, 3.3.3: of the text with the replacement character, not of the bytes.
  ['a corrupted echo', corrupted, { verdict: 'mismatch', current: '86e1ea1e', original: '5e595222' }],
  ['the echo of another message', encodeMessage('Hey'), { verdict: 'valid' }],
  ['a loss notice', Buffer.from('error_code'), { verdict: 'invalid-format' }],
  ['a body with a bar', encodeMessage('a|b'), { verdict: 'mismatch' }],
])('as the seed, reads %s', (_what, reply, read) => {
  expect(readReplyAsSeed(reply)).toMatchObject(read);
});
