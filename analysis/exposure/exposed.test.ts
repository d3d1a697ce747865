import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hmacKey } from '#lib/message/hmac.ts';
import { encodeMessage } from '#lib/message/message.ts';
import { isTls } from '#lib/tls/record.ts';
import { encodeDatagram } from '#lib/transfer/datagram.ts';
import {
  type Exposure,
  exposedByBody,
  exposedByDatagram,
  exposedByFields,
  exposedByHeaders,
  exposedByMessage,
} from './exposed.ts';

describe('exposed are', () => {
  test.each([
    ['Hey|e4599fa9', 'Hey'],
    ['Grüße|00000000\r\n', 'Grüße'],
    ['Test1\n', 'Test1'],
    ['a|b', 'a|b'],
  ])('the body of the message %j', (message, text) => {
    expect(exposedByMessage(Buffer.from(message))).toEqual([{ what: 'body', text }]);
  });

  test('the body of a message with an altered byte', () => {
    expect(exposedByMessage(Buffer.from('54658c74310a', 'hex'))).toEqual([
      { what: 'body', text: 'Te\\x8ct1' },
    ]);
  });

  test('name and password in a request that was sent to the echo server', () => {
    const line = `Authorization: Basic ${Buffer.from('alice:secret').toString('base64')}`;
    expect(exposedByMessage(Buffer.from(`${line}\n`))).toEqual([
      { what: 'body', text: line },
      { what: 'credentials', text: 'alice:secret' },
    ]);
  });

  test('name and password of HTTP Basic, bearer tokens and cookies', () => {
    const login = `Authorization: Basic ${Buffer.from('alice:secret').toString('base64')}`;
    expect(
      exposedByHeaders([
        login,
        'proxy-authorization: bearer abc.def',
        'Host: a',
        'Set-Cookie: id=7; HttpOnly',
      ]),
    ).toEqual([
      { what: 'credentials', text: 'alice:secret' },
      { what: 'bearer token', text: 'abc.def' },
      { what: 'cookie', text: 'id=7; HttpOnly' },
    ]);
  });

  test('passwords and tokens in query parameters, form fields and JSON', () => {
    expect(
      exposedByFields('user%5bpassword%5d=a&user[pwd]=b&%50assw%6Frd=c&id%5Ftoken=d&passport=e').map(
        ({ text }) => text,
      ),
    ).toEqual(['password=a', 'pwd=b', 'Password=c', 'id_token=d']);
    expect(exposedByFields('{"pin": 1234, "token":"a\\"b", "pwd": true, "pass":""}')).toEqual([
      { what: 'credentials', text: 'pin=1234' },
      { what: 'credentials', text: 'token=a\\"b' },
    ]);
    expect(exposedByFields('/login?user=a&Password=b%20c%0a&access_token=t')).toEqual([
      { what: 'credentials', text: 'Password=b c\\n' },
      { what: 'credentials', text: 'access_token=t' },
    ]);
    const secrets = (body: string) =>
      exposedByBody(Buffer.from(body)).flatMap(({ what, text }) => (what === 'body' ? [] : [text]));
    expect(secrets('user=a&pwd=b+c')).toEqual(['pwd=b c']);
    expect(secrets('{"user": "a", "password": "b"}')).toEqual(['password=b']);
    const parts = ['--x', 'Content-Disposition: form-data; name="password"', 'A: b', '', 'b c', '--x--', ''];
    expect(secrets(parts.join('\r\n'))).toEqual(['password=b c']);
    expect(secrets('compassion=1&tokens=2')).toEqual([]);
  });

  test('the data of a transfer, without its headers', () => {
    const header = (kind: string) => `wirelab/1 ${kind} `.padEnd(79).concat('\n');
    expect(exposedByDatagram(Buffer.from(`${header('DATA ')}chapter one`))).toEqual([
      { what: 'body', text: 'chapter one' },
    ]);
    expect(exposedByDatagram(Buffer.from(`${header('OPEN ')}size=7`))).toEqual([]);
  });

  describe('all but the HMAC', () => {
    const key = hmacKey('a token')!;
    const text = (bytes: Buffer) => exposedByDatagram(bytes).map((exposure) => exposure.text);
    const message = encodeMessage('hi', key);

    test.each(['', '\n', '\r\n'])('after a message that ends with %j', (ending) => {
      expect(text(Buffer.concat([message, Buffer.from(ending)]))).toEqual(['hi']);
    });

    test('which is exposed if it is incomplete', () => {
      expect(text(message.subarray(0, -1))).toEqual([message.toString('latin1', 0, message.length - 1)]);
    });

    const transfer = { id: '00c0ffee', mode: 'go-back-n', sequence: 1, ack: 0, window: 0 } as const;
    const data = (payload: Buffer, kind: 'DATA' | 'OPEN' = 'DATA') =>
      encodeDatagram({ ...transfer, kind, payload }, { key, side: 'C' });

    test('after the payload of a transfer', () => {
      expect(text(data(Buffer.from('chapter one')))).toEqual(['chapter one']);
      expect(text(data(message.subarray(0, 2)))).toEqual(['hi']);
      expect(text(data(Buffer.alloc(0)))).toEqual([]);
      expect(text(data(Buffer.from('size=7'), 'OPEN'))).toEqual([]);
    });

    test('of a damaged datagram too; a payload that looks like one is exposed', () => {
      const damaged = data(Buffer.from('chapter one'));
      damaged[80] = 0x43;
      expect(text(damaged)).toEqual(['Chapter one']);
      const bare = encodeDatagram({ ...transfer, kind: 'DATA', payload: message });
      expect(text(bare)).toEqual([message.toString()]);
    });
  });

  test('no empty, binary or TLS bytes', () => {
    expect(exposedByMessage(Buffer.alloc(0))).toEqual([]);
    expect(exposedByMessage(Buffer.from('\r\n'))).toEqual([]);
    expect(exposedByBody(Buffer.from('00ff17a3e0b1c2', 'hex'))).toEqual([]);
    const record = Buffer.concat([Buffer.from('1703030010', 'hex'), Buffer.from('readable all the way')]);
    expect(isTls(record)).toBe(true);
    expect(exposedByMessage(record)).toEqual([]);
  });

  test('no escape sequences, and no more than about 1,000 characters', () => {
    const [body] = exposedByBody(Buffer.from(`\u001b]0;title\u0007 and ${'a'.repeat(5_000)}`));
    expect(body!.text).toMatch(/^\\u001b\]0;title\\u0007 and a/);
    expect(body!.text.length).toBeLessThan(1_010);
  });

  test('no control characters, for any bytes', () => {
    const word = fc.constantFrom(
      'GET / HTTP/1.1\r\n',
      'Authorization: Basic ',
      'Cookie:',
      '\r\n\r\n',
      'token=',
      '%1b',
      '|',
    );
    const bytes = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    const payload = fc
      .array(
        fc.oneof(
          word.map((text) => Buffer.from(text)),
          bytes,
        ),
      )
      .map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(payload, (bytes) => {
        const found: Exposure[] = [
          ...exposedByDatagram(bytes),
          ...exposedByHeaders(bytes.toString('latin1').split('\n')),
        ];
        const text = found.map((exposure) => exposure.text).join('');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
        expect(text).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }),
    );
  });
});
