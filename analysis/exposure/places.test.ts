import { expect, test } from '@jest/globals';
import { secretsIn } from './places.ts';

/** The secrets as they are in the payload, each with its kind. */
function found(payload: string): string[] {
  const bytes = Buffer.from(payload, 'latin1');
  return secretsIn(bytes).map(
    ({ at, length, what }) => `${what}: ${bytes.toString('latin1', at, at + length)}`,
  );
}

test('a form is marked where its password is', () => {
  expect(found('user=alice&password=s%20esame&x=1')).toEqual(['credentials: s%20esame']);
});

test('a password in JSON, and one in a part of a form', () => {
  expect(found('{"user":"a","password":"b\\"c"}')).toEqual(['credentials: b\\"c']);
  const parts = ['--x', 'Content-Disposition: form-data; name="password"', '', 'b c', '--x--', ''];
  expect(found(parts.join('\r\n'))).toEqual(['credentials: b c']);
});

test('headers are marked without their names and schemes', () => {
  const lines = [
    'GET /login?pin=1234 HTTP/1.1',
    'Host: a',
    'Authorization: Basic YWxpY2U6c2VjcmV0',
    'proxy-authorization:bearer abc.def ',
    'Cookie: id=7; a=b',
    '',
    '',
  ];
  expect(found(lines.join('\r\n'))).toEqual([
    'credentials: 1234',
    'credentials: YWxpY2U6c2VjcmV0',
    'bearer token: abc.def',
    'cookie: id=7; a=b',
  ]);
});

test('bytes that are no text do not move the marks', () => {
  const bytes = Buffer.concat([Buffer.from([0xff, 0xc3, 0xa9, 0x26]), Buffer.from('token=t')]);
  expect(secretsIn(bytes)).toEqual([{ at: 10, length: 1, what: 'credentials' }]);
});

test.each(['compassion=1', 'Authorization: Digest abc', 'Cookie:', ''])('%j has none', (payload) => {
  expect(found(payload)).toEqual([]);
});
