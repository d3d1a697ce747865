import { beforeEach, describe, expect, test } from '@jest/globals';
import { HttpMessages } from './http-messages.ts';

let messages: HttpMessages;
let number: number;

beforeEach(() => {
  messages = new HttpMessages();
  number = 0;
});

/** Takes a frame with this text of one side. */
function say(by: 'client' | 'server', text: string, missing = 0) {
  number += 1;
  const bytes = Buffer.from(text, 'latin1');
  return messages.take(number, by, [{ by, bytes, missing, frame: { number, time: 0 } }]);
}
const asks = (text: string, missing?: number) => say('client', text, missing);
const codes = (text: string, missing?: number) => say('server', text, missing).codes;

const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
const post = (target: string, body: string) =>
  `POST ${target} HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('a request', () => {
  test('is found with any target', () => {
    expect(asks(get('/a,b') + post('/{x}', 'b') + get('/a\\b'))).toEqual({
      requests: ['GET /a,b', 'POST /{x}', 'GET /a\\b'],
      begin: undefined,
      codes: [],
    });
  });

  test('is found at its last byte, with the frame of its first', () => {
    const whole = post('/a', 'body');
    expect(asks(whole.slice(0, 10)).requests).toEqual([]);
    expect(asks(whole.slice(10, -2)).requests).toEqual([]);
    expect(asks(whole.slice(-2) + get('/b').slice(0, 5))).toMatchObject({ requests: ['POST /a'], begin: 1 });
    expect(asks(get('/b').slice(5))).toMatchObject({ requests: ['GET /b'], begin: 3 });
    expect(asks(get('/c'))).toMatchObject({ requests: ['GET /c'], begin: undefined });
  });

  test('is found after a gap; other bytes are no request', () => {
    expect(asks('hello\r\n\r\n').requests).toEqual([]);
    expect(asks(get('/a'), 7).requests).toEqual(['GET /a']);
    expect(asks(post('/b', 'body').slice(0, -4)).requests).toEqual([]);
    expect(asks(get('/c'), 99)).toMatchObject({ requests: ['GET /c'], begin: undefined });
  });
});

describe('a response', () => {
  test('is found at its last byte; interim ones too', () => {
    expect(codes(ok('abc').slice(0, -1))).toEqual([]);
    expect(codes('c')).toEqual(['200']);
    expect(codes(`HTTP/1.1 100 Continue\r\n\r\n${ok('')}`)).toEqual(['100', '200']);
  });

  test('that ends with its connection is found at the end of its head', () => {
    expect(codes('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')).toEqual(['400']);
    expect(codes('more')).toEqual([]);
  });

  test('in chunks is found at the last one', () => {
    expect(codes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n')).toEqual([]);
    expect(codes('0\r\n\r\n')).toEqual(['200']);
  });

  test('to HEAD has no body', () => {
    asks('HEAD / HTTP/1.1\r\n\r\n');
    expect(codes(ok('abc').slice(0, -3))).toEqual(['200']);
  });

  test('that a frame of the client completes is found in the next frame of the server', () => {
    const bytes = Buffer.from(ok('abc'));
    const piece = { by: 'server', bytes, missing: 9, frame: { number: 1, time: 0 } } as const;
    expect(messages.take(2, 'client', [piece]).codes).toEqual([]);
    expect(messages.take(3, 'server', []).codes).toEqual(['200']);
    expect(messages.take(4, 'server', []).codes).toEqual([]);
  });
});
