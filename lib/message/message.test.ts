import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hmacKey } from './hmac.ts';
import { checksum, encodeMessage, hmacProblem, Message } from './message.ts';

const bytes = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));

test.each([
  ['Hey', 'e4599fa9'],
  ['Test3', '5e595222'],
  ['Test4', '1c77599f'],
  ['', 'da39a3ee'],
])('the checksum of "%s" is %s', (body, tag) => {
  expect(checksum(body)).toBe(tag);
  expect(checksum(Buffer.from(body))).toBe(tag);
});

describe('a message', () => {
  test.each([
    ['nothing', '', '', undefined, ''],
    ['a plain message', 'Hey', 'Hey', undefined, ''],
    ['a plain line', 'Hey\n', 'Hey', undefined, '\n'],
    ['a plain line with CRLF', 'Hey\r\n', 'Hey', undefined, '\r\n'],
    ['an ending alone', '\n', '', undefined, '\n'],
    ['a CR that ends nothing', 'Hey\r', 'Hey\r', undefined, ''],
    ['one line ending of two', 'Hey\n\n', 'Hey\n', undefined, '\n'],
    ['a tagged message', 'Hey|e4599fa9', 'Hey', 'e4599fa9', ''],
    ['a tagged line', 'Hey|e4599fa9\n', 'Hey', 'e4599fa9', '\n'],
    ['a tagged line with CRLF', 'Hey|e4599fa9\r\n', 'Hey', 'e4599fa9', '\r\n'],
    ['a wrong tag', 'Hey|00000000', 'Hey', '00000000', ''],
    ['a tag alone', '|da39a3ee', '', 'da39a3ee', ''],
    ['bars in a body', 'a|b||e4599fa9', 'a|b|', 'e4599fa9', ''],
    ['the last of two tags', 'Hey|e4599fa9|5e595222', 'Hey|e4599fa9', '5e595222', ''],
    ['a tag that is followed by more', 'Hey|e4599fa9!', 'Hey|e4599fa9!', undefined, ''],
    ['seven digits', 'Hey|e4599fa', 'Hey|e4599fa', undefined, ''],
    ['nine digits', 'Hey|e4599fa90', 'Hey|e4599fa90', undefined, ''],
    ['upper-case digits', 'Hey|E4599FA9', 'Hey|E4599FA9', undefined, ''],
    ['a digit that is none', 'Hey|e4599fag', 'Hey|e4599fag', undefined, ''],
    ['bytes that are not UTF-8', '\xff\x00\xc3(|e4599fa9\n', '\xff\x00\xc3(', 'e4599fa9', '\n'],
  ])('reads %s', (_what, text, body, tag, ending) => {
    const bytes = Buffer.from(text, 'latin1');
    expect(new Message(bytes)).toMatchObject({
      bytes,
      body: Buffer.from(body, 'latin1'),
      tag,
      ending: Buffer.from(ending),
    });
  });

  test('has the body and checksum that encodeMessage made, with any ending', () => {
    const property = fc.property(bytes, fc.constantFrom('', '\n', '\r\n'), (body, text) => {
      const ending = Buffer.from(text);
      const bytes = Buffer.concat([encodeMessage(body), ending]);
      expect(new Message(bytes)).toMatchObject({ bytes, body, tag: checksum(body), ending });
    });
    fc.assert(property);
  });

  test('loses no byte of any message', () => {
    const property = fc.property(bytes, (bytes) => {
      const { body, tag, ending } = new Message(bytes);
      expect(Buffer.concat([body, Buffer.from(tag === undefined ? '' : `|${tag}`), ending])).toEqual(bytes);
    });
    fc.assert(property);
  });
});

test('encodeMessage adds a bar and the checksum to a body, and no ending', () => {
  expect(String(encodeMessage('Test3'))).toBe('Test3|5e595222');
});

describe('with a token', () => {
  const key = hmacKey('alice')!;
  // The output of `printf Hey | openssl dgst -sha256 -hmac alice`.
  const HMAC = 'hmac-sha256:f3bd177a3fe8a29aea45b36c2e77fe6a44848b5c35ee1b84589a4c02a588ee66';
  const whole = `Hey|${HMAC}`;

  test('a message has an HMAC in place of its checksum', () => {
    expect(String(encodeMessage('Hey', key))).toBe(whole);
  });

  test.each([
    ['an HMAC', whole, 'Hey', HMAC, ''],
    ['an HMAC and a line ending', `${whole}\r\n`, 'Hey', HMAC, '\r\n'],
    ['an HMAC alone', `|${HMAC}`, '', HMAC, ''],
    ['a wrong HMAC', `Hey|hmac-sha256:${'0'.repeat(64)}`, 'Hey', `hmac-sha256:${'0'.repeat(64)}`, ''],
    ['a checksum', 'Hey|e4599fa9', 'Hey', 'e4599fa9', ''],
    ['a checksum after an HMAC', `${whole}|e4599fa9`, whole, 'e4599fa9', ''],
    ['an HMAC after another', `${whole}|${HMAC}`, whole, HMAC, ''],
    ['an HMAC whose last digit is missing', whole.slice(0, -1), whole.slice(0, -1), undefined, ''],
    ['an HMAC with a digit too many', `${whole}0`, `${whole}0`, undefined, ''],
    ['an HMAC in upper case', whole.toUpperCase(), whole.toUpperCase(), undefined, ''],
    ['another hash', whole.replace('256', '512'), whole.replace('256', '512'), undefined, ''],
  ])('reads %s', (_what, text, body, tag, ending) => {
    const read = new Message(Buffer.from(text), true);
    expect(read).toMatchObject({ body: Buffer.from(body), tag, ending: Buffer.from(ending) });
  });

  test('without a token, an HMAC is part of the body', () => {
    expect(new Message(Buffer.from(whole))).toMatchObject({ body: Buffer.from(whole), tag: undefined });
  });

  test.each([
    ['the HMAC of encodeMessage is right', whole, undefined],
    ['it is right in a line too', `${whole}\n`, undefined],
    ['a plain message has none', 'Hey', 'no HMAC'],
    ['a right checksum is none', 'Hey|e4599fa9', 'no HMAC'],
    ['an incomplete one is none', whole.slice(0, -1), 'no HMAC'],
    ['that of another body is wrong', `Hez|${HMAC}`, 'wrong HMAC'],
    ['that of another token is wrong', String(encodeMessage('Hey', hmacKey('bob'))), 'wrong HMAC'],
    ['the last of two counts', `${encodeMessage(whole, hmacKey('bob'))}`, 'wrong HMAC'],
  ])('%s', (_what, text, problem) => {
    expect(hmacProblem(new Message(Buffer.from(text), true), key)).toBe(problem);
  });
});
