import { describe, expect, jest, test } from '@jest/globals';
import { ACK, FIN, type Frame } from '#analysis/capture/frames.ts';
import type { EventNamed } from '#lib/journal/schema.ts';
import { EncryptedConnection } from './encrypted-connection.ts';
import { Wire } from './join-testing.ts';

const tls = 'TLSv1.3';
const shut = { sealed: 'shut' } as const;

describe('over TLS', () => {
  test('where held answers left is kept only as long as another can be around it', () => {
    const COUNT = 100;
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    const verdicts: string[] = [];
    const connection = new EncryptedConnection((found) => {
      verdicts.push(found.kind === 'match' ? found.verdict : found.kind);
    });
    for (const frame of wire.frames) connection.take(frame);
    // They are looked through for those of an entry.
    const filter = jest.spyOn(Array.prototype, 'filter');
    for (let index = 0; index < COUNT; index += 1) {
      connection.take(echo.client('one\n', shut));
      const held = echo.decide('one\n', { fault: 'reorder' });
      connection.decide(held);
      connection.take(echo.client('two\n', shut));
      connection.decide(echo.decide('two\n'));
      connection.take(echo.answer('two\n', shut));
      echo.sent(held);
      connection.sent(wire.entries.at(-1) as EventNamed<'sent'>);
      connection.take(echo.answer('one\n', shut));
    }
    const longest = Math.max(...filter.mock.contexts.map((each) => (each as readonly unknown[]).length));
    filter.mockRestore();
    connection.finish(wire.now);
    expect(verdicts).toEqual(Array(2 * COUNT).fill('encrypted'));
    expect(longest).toBeLessThan(10);
  });

  test('a connection is another than the plain one from the same port', async () => {
    const wire = new Wire();
    const plain = wire.tcp().open();
    const sealed = wire.tcp({ tls }).open();
    plain.client('plain\n');
    sealed.client('sealed\n');
    sealed.decide('sealed\n');
    plain.decide('plain\n');
    sealed.answer('sealed\n');
    plain.answer('plain\n');
    expect(await wire.lines()).toEqual(['answered 8 by 9, shown in 9', 'answered 7 by 10, shown in 10']);
  });

  test('what can not be read is encrypted, and nothing of it is in no journal', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    echo.client('Hey\n', shut);
    echo.decide('Hey\n');
    echo.answer('Hey\n', shut);
    const http = wire.tcp({ server: 'http', port: 40_001, tls }).open();
    http.client('GET', shut);
    http.outcome('200');
    http.answer('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', shut);
    http.fin('client');
    http.fin('server');
    wire.pass(10);
    wire.tcp({ port: 40_002 }).open();
    expect(await wire.lines()).toEqual(['encrypted 4 by 5, shown in 5', 'encrypted 9 by 10, shown in 10']);
  });

  test('what was open when the keys end is encrypted too', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    echo.client('one\n');
    echo.decide('one\n');
    wire.pass(0.002);
    echo.answer('one\n', shut);
    echo.client('two\n');
    wire.pass(10);
    wire.tcp({ port: 40_002 }).open();
    expect(await wire.lines()).toEqual(['encrypted 4 by 5, shown in 5']);
  });

  test('what can not be read is nowhere where the capture begins in the middle', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    for (const message of ['one\n', 'two\n']) {
      echo.client(message, shut);
      wire.pass(0.002);
      echo.decide(message);
      echo.answer(message, shut);
    }
    wire.pass(10);
    wire.tcp({ port: 40_002 }).open();
    const [, line] = await wire.lines({ begins: 5 });
    expect(line).toBe('encrypted none by none');
  });

  test('of what can not be read a record that is missing is missed', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    echo.client('one\n', shut);
    echo.decide('one\n', { fault: 'duplicate' });
    const [, second] = [echo.answer('one\n', shut), echo.answer('one\n', shut)];
    const third = echo.client('two\n', shut);
    echo.decide('two\n');
    echo.answer('two\n', shut);
    expect(await wire.lines({ without: [second!, third] })).toEqual([
      'unanswered 4 by 5, shown in 5',
      'lost none by 8, shown in 8',
    ]);
  });

  test('what is no TLS was not taken by the server', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    echo.client('GET / HTTP/1.1\r\n\r\n', { sealed: undefined });
    expect(await wire.lines()).toEqual([]);
  });
});

describe('who was refused', () => {
  const refused = (reason: string) => ({ fault: 'refused', message: undefined, reason });

  test('at the HTTP server, whatever page it asked for', async () => {
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
      'answered 4 by 5, shown in 5',
      'answered 6 by 7, shown in 7',
      'answered 8 by 9, shown in 9',
    ]);
  });

  test('at the HTTP server, where the answer leaves before its entry is read', async () => {
    const wire = new Wire();
    const http = wire.tcp({ server: 'http' }).open();
    http.get('/nowhere');
    http.code('401');
    http.outcome('401', { answer_at: 0, path: '/nowhere', reason: 'no credentials' });
    http.answer('');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5']);
  });

  test('at the echo server, by the line that left', async () => {
    const wire = new Wire();
    const echo = wire.tcp().open();
    echo.client('Hey|e4599fa9\n');
    echo.decide('Hey|e4599fa9\n', refused('no HMAC'));
    echo.answer('refused: no HMAC, and this server wants one (LAB_TOKEN)\n');
    const udp = wire.udp();
    udp.client('Hey');
    udp.decide('Hey', refused('wrong HMAC'));
    udp.answer('refused: wrong HMAC\n');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5', 'answered 6 by 7, shown in 7']);
  });
});

describe('messages with an HMAC', () => {
  const tag = `hmac-sha256:${'0123456789abcdef'.repeat(4)}`;
  const signed = { length: 3, tag };

  test('are cut and answered with it', async () => {
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
      'answered 4 by 5, shown in 5',
      'answered 6 by 7, shown in 7',
      'answered 6 by 8, shown in 8',
    ]);
  });

  test('are found among datagrams', async () => {
    const wire = new Wire();
    const udp = wire.udp();
    udp.client(`Hey|${tag}`);
    udp.decide(`Hey|${tag}`, signed);
    udp.answer(`Hey|${tag}`);
    expect(await wire.lines()).toEqual(['answered 1 by 2, shown in 2']);
  });
});

describe('frames of TLS', () => {
  test('end as those of TCP do', async () => {
    const wire = new Wire();
    const echo = wire.tcp({ tls }).open();
    echo.client('Hey\n', { flags: FIN | ACK });
    echo.decide('Hey\n');
    echo.answer('Hey\n');
    const end: Frame = echo.fin('server');
    expect(end.overTls).toBe(true);
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5']);
  });
});
