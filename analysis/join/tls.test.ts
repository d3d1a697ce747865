import { describe, expect, jest, test } from '@jest/globals';
import { ACK, FIN, type Frame } from '#analysis/capture/frames.ts';
import type { EventNamed } from '#lib/journal/schema.ts';
import { EncryptedConnection } from './encrypted-connection.ts';
import { Wire } from './join-testing.ts';

const tls = 'TLSv1.3';
const encrypted = { tls: 'encrypted' } as const;

describe('over TLS', () => {
  test('positions of held-back answers are kept only as long as they matter', () => {
    const COUNT = 100;
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    const reasons: string[] = [];
    const connection = new EncryptedConnection((found) => {
      reasons.push(found.kind === 'match' ? found.reason : found.kind);
    });
    for (const frame of wire.frames) connection.take(frame);
    // They are filtered for those of an entry.
    const filter = jest.spyOn(Array.prototype, 'filter');
    for (let index = 0; index < COUNT; index += 1) {
      connection.take(echo.client('one\n', encrypted));
      const held = echo.decide('one\n', { fault: 'reorder' });
      connection.decide(held);
      connection.take(echo.client('two\n', encrypted));
      connection.decide(echo.decide('two\n'));
      connection.take(echo.answer('two\n', encrypted));
      echo.sent(held);
      connection.sent(wire.entries.at(-1) as EventNamed<'sent'>);
      connection.take(echo.answer('one\n', encrypted));
    }
    const longest = Math.max(...filter.mock.contexts.map((each) => (each as readonly unknown[]).length));
    filter.mockRestore();
    connection.finish(wire.now);
    expect(reasons).toEqual(Array(2 * COUNT).fill('no-keys'));
    expect(longest).toBeLessThan(10);
  });

  test('a connection differs from the plain one from the same port', async () => {
    const wire = new Wire();
    const plain = wire.tcp().open();
    const overTls = wire.tcp({ tls }).open();
    plain.client('plain\n');
    overTls.client('secret\n');
    overTls.decide('secret\n');
    plain.decide('plain\n');
    overTls.answer('secret\n');
    plain.answer('plain\n');
    expect(await wire.lines()).toEqual([
      'response-sent 8 by 9, shown in 9',
      'response-sent 7 by 10, shown in 10',
    ]);
  });

  test('undecrypted exchanges are encrypted, and none is without an entry', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    echo.client('Hey\n', encrypted);
    echo.decide('Hey\n');
    echo.answer('Hey\n', encrypted);
    const http = wire.tcp({ server: 'http', port: 40_001, tls }).open();
    http.client('GET', encrypted);
    http.outcome('200');
    http.answer('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', encrypted);
    http.fin('client');
    http.fin('server');
    wire.pass(10);
    wire.tcp({ port: 40_002 }).open();
    expect(await wire.lines()).toEqual(['no-keys 4 by 5, shown in 5', 'no-keys 9 by 10, shown in 10']);
  });

  test('an unfinished exchange is encrypted too when the keys end', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    echo.client('one\n');
    echo.decide('one\n');
    wire.pass(0.002);
    echo.answer('one\n', encrypted);
    echo.client('two\n');
    wire.pass(10);
    wire.tcp({ port: 40_002 }).open();
    expect(await wire.lines()).toEqual(['no-keys 4 by 5, shown in 5']);
  });

  test('an encrypted exchange has no frames if the capture begins in the middle', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    for (const message of ['one\n', 'two\n']) {
      echo.client(message, encrypted);
      wire.pass(0.002);
      echo.decide(message);
      echo.answer(message, encrypted);
    }
    wire.pass(10);
    wire.tcp({ port: 40_002 }).open();
    const [, line] = await wire.lines({ begins: 5 });
    expect(line).toBe('no-keys none by none');
  });

  test('a missing record is noticed without keys', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    echo.client('one\n', encrypted);
    echo.decide('one\n', { fault: 'duplicate' });
    const [, second] = [echo.answer('one\n', encrypted), echo.answer('one\n', encrypted)];
    const third = echo.client('two\n', encrypted);
    echo.decide('two\n');
    echo.answer('two\n', encrypted);
    expect(await wire.lines({ without: [second!, third] })).toEqual([
      'response-missing 4 by 5, shown in 5',
      'request-missing none by 8, shown in 8',
    ]);
  });

  test('the server ignores plain text on its TLS port', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    echo.client('GET / HTTP/1.1\r\n\r\n', { tls: undefined });
    expect(await wire.lines()).toEqual([]);
  });
});

describe('a refused peer', () => {
  const refused = (reason: string) => ({ fault: 'refused', message: undefined, reason });

  test('of the HTTP server, with any path', async () => {
    const wire = new Wire();
    const http = wire.tcp({ server: 'http' }).open();
    http.get('/getlogs');
    http.outcome('401', { path: '/getlogs', reason: 'no credentials' });
    http.code('401');
    http.get('/getbalance?page=1');
    http.outcome('401', { path: '/getbalance', reason: 'wrong token' });
    http.code('401');
    http.get();
    http.outcome('200');
    http.code('200');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
      'response-sent 8 by 9, shown in 9',
    ]);
  });

  test('of the HTTP server, with an answer before its entry', async () => {
    const wire = new Wire();
    const http = wire.tcp({ server: 'http' }).open();
    http.get('/nowhere');
    http.code('401');
    http.outcome('401', { answer_at: 0, path: '/nowhere', reason: 'no credentials' });
    http.answer('');
    expect(await wire.lines()).toEqual(['response-sent 4 by 5, shown in 5']);
  });

  test('of the echo server, by the line that it got', async () => {
    const wire = new Wire();
    const echo = wire.tcp().open();
    echo.client('Hey|e4599fa9\n');
    echo.decide('Hey|e4599fa9\n', refused('no HMAC'));
    echo.answer('refused: no HMAC, and this server wants one (LAB_TOKEN)\n');
    const udp = wire.udp();
    udp.client('Hey');
    udp.decide('Hey', refused('wrong HMAC'));
    udp.answer('refused: wrong HMAC\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
    ]);
  });
});

describe('messages with an HMAC', () => {
  const tag = `hmac-sha256:${'0123456789abcdef'.repeat(4)}`;
  const signed = { length: 3, tag };

  test('are split and answered with it', async () => {
    const wire = new Wire();
    const echo = wire.tcp().open();
    echo.client(`Hey|${tag}`);
    echo.decide(`Hey|${tag}`, { ...signed, fault: 'none' });
    echo.answer(`Hey|${tag}`);
    echo.client(`Hey|${tag}\nHey|${tag}\n`);
    echo.decide(`Hey|${tag}\n`, { ...signed, fault: 'truncate', kept: 5 });
    echo.answer('Hey|h\n');
    echo.decide(`Hey|${tag}\n`, { ...signed, fault: 'corruption', offset: 1, before: '0x65', after: '0x9a' });
    echo.answer(`H\x9ay|${tag}\n`);
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
      'response-sent 6 by 8, shown in 8',
    ]);
  });

  test('are found among datagrams', async () => {
    const wire = new Wire();
    const udp = wire.udp();
    udp.client(`Hey|${tag}`);
    udp.decide(`Hey|${tag}`, signed);
    udp.answer(`Hey|${tag}`);
    expect(await wire.lines()).toEqual(['response-sent 1 by 2, shown in 2']);
  });
});

describe('TLS frames', () => {
  test('end as TCP frames do', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    echo.client('Hey\n', { flags: FIN | ACK });
    echo.decide('Hey\n');
    echo.answer('Hey\n');
    const end: Frame = echo.fin('server');
    expect(end.overTls).toBe(true);
    expect(await wire.lines()).toEqual(['response-sent 4 by 5, shown in 5']);
  });
});
