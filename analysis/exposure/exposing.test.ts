import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';

import { ACK, FIN, RST, SYN } from '#analysis/capture/frames.ts';
import type { Carried } from '#analysis/capture/packet.ts';
import { carried } from '#analysis/capture/testing.ts';
import { encodeMessage } from '#lib/message/message.ts';
import { Exposing } from './exposing.ts';

/** Numbered frames of one client; `port` is the server's. */
class Frames {
  readonly all: Carried[] = [];
  readonly #port: number;
  readonly #next = { client: 1_001, server: 5_001 };

  constructor(port = 8080) {
    this.#port = port;
    this.add('client', '', { seq: 1_000, flags: SYN });
    this.add('server', '', { seq: 5_000, flags: SYN | ACK });
  }

  add(from: 'client' | 'server', text: string | Buffer, given: Partial<Carried> = {}): this {
    const place = { number: this.all.length + 1, port: this.#port, toServer: from === 'client' };
    const numbers = { seq: this.#next[from], ack: 0 };
    const frame = carried({ text, ...place, ...numbers, ...given });
    this.all.push(frame);
    if (given.seq === undefined) this.#next[from] += frame.payload.length;
    return this;
  }

  /** Skips bytes that are in no frame. */
  lose(from: 'client' | 'server', bytes: number): this {
    this.#next[from] += bytes;
    return this;
  }
}

function exposedBy({ all }: Frames): string[] {
  const found: string[] = [];
  const exposing = new Exposing((frame, { what, text }) => found.push(`${frame} ${what}: ${text}`));
  for (const one of all) exposing.take(one);
  exposing.end();
  return found;
}

const lines = (...all: string[]) => all.join('\r\n');
const login = `Authorization: Basic ${Buffer.from('alice:secret').toString('base64')}`;
const get = lines('GET / HTTP/1.1', 'Host: a', '', '');
const post = (body: string, ...headers: string[]) =>
  lines('POST /login HTTP/1.1', ...headers, `Content-Length: ${body.length}`, '', body);
const answer = (body: string | Buffer, ...headers: string[]) =>
  Buffer.concat([
    Buffer.from(lines('HTTP/1.1 200 OK', ...headers, `Content-Length: ${body.length}`, '', '')),
    Buffer.from(body as string),
  ]);

describe('HTTP', () => {
  test('exposes a chunked body without its framing, in any segments', () => {
    const chunked = lines(
      'HTTP/1.1 200 OK',
      'Transfer-Encoding: chunked',
      '',
      '1',
      '[',
      '2;x=y',
      '7]',
      '0',
      '',
      '',
    );
    expect(exposedBy(new Frames().add('client', get).add('server', chunked))).toEqual(['4 body: [7]']);
    const byByte = new Frames().add('client', get);
    for (const byte of chunked) byByte.add('server', byte);
    expect(exposedBy(byByte)).toEqual([`${3 + chunked.length} body: [7]`]);
    const trailer = chunked.replace(/\r\n$/, 'X: y\r\n\r\n');
    const twice = new Frames().add('client', get + get).add('server', trailer + chunked);
    expect(exposedBy(twice)).toEqual(['4 body: [7]', '4 body: [7]']);
  });

  test.each([
    ['a size', '4\r\nwhat\r\n', 'what'],
    ['the end of a chunk', '4\r\nwhat', 'what'],
    ['a trailer', '4\r\nwhat\r\n0\r\n', 'what'],
  ])('exposes a chunked body up to %s that never ends', (_where, begun, body) => {
    const head = lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '');
    const endless = new Frames().add('server', head + begun);
    for (let count = 0; count < 5; count += 1) endless.add('server', 'a'.repeat(1_000));
    endless.add('server', `\n4\r\nmore\r\n0\r\n\r\n`).add('server', answer('next'));
    expect(exposedBy(endless)).toEqual([`8 body: ${body}`, '10 body: next']);
  });

  test('exposes header fields from later segments', () => {
    const typed = new Frames().add('client', 'GET / HTTP/1.1\r\n').add('client', `${login.slice(0, 20)}`);
    expect(exposedBy(typed.add('client', `${login.slice(20)}\r\n\r\n`))).toEqual([
      '5 credentials: alice:secret',
    ]);
  });

  test('exposes a password across the border of two segments', () => {
    const body = 'user=a&password=secret';
    const [head, rest] = [post(body).slice(0, -9), post(body).slice(-9)];
    expect(exposedBy(new Frames().add('client', head).add('client', rest))).toEqual([
      '4 body: user=a&password=secret',
      '4 credentials: password=secret',
    ]);
  });

  test('exposes each of several requests in one segment', () => {
    const sent = new Frames().add('client', post('token=a') + get + post('pin=1', login));
    expect(exposedBy(sent).map((one) => one.slice(2))).toEqual([
      'body: token=a',
      'credentials: token=a',
      'credentials: alice:secret',
      'body: pin=1',
      'credentials: pin=1',
    ]);
  });

  test('exposes a compressed body decompressed, and no binary body', () => {
    const gzip = answer(gzipSync('password=x'), 'Content-Encoding: gzip');
    expect(exposedBy(new Frames().add('server', gzip))).toEqual([
      '3 body: password=x',
      '3 credentials: password=x',
    ]);
    for (const coding of ['gzip', 'br', 'unknown']) {
      const wrong = answer('readable', `Content-Encoding: ${coding}`);
      expect(exposedBy(new Frames().add('server', wrong))).toEqual([]);
    }
    expect(exposedBy(new Frames().add('server', answer(gzipSync('password=x'))))).toEqual([]);
  });

  test('exposes what there is of an incomplete message', () => {
    const begun = post('password=secret&more', login).slice(0, -5);
    const all = ['3 credentials: alice:secret', '3 body: password=secret', '3 credentials: password=secret'];
    expect(exposedBy(new Frames().add('client', begun))).toEqual(all);
    expect(exposedBy(new Frames().add('client', begun).add('client', '', { flags: RST }))).toEqual(all);
    expect(exposedBy(new Frames().add('client', `GET / HTTP/1.1\r\n${login}`))).toEqual([all[0]]);
  });

  test('exposes a body that ends with its connection, and none of HEAD, 204 and 304', () => {
    const until = new Frames()
      .add('server', 'HTTP/1.0 200 OK\r\n\r\none ')
      .add('server', 'two', { flags: FIN | ACK });
    expect(exposedBy(until)).toEqual(['4 body: one two']);
    const head = new Frames().add('client', get.replace('GET', 'HEAD') + get);
    head.add('server', Buffer.concat([answer('abc').subarray(0, -3), answer('xyz')]));
    expect(exposedBy(head)).toEqual(['4 body: xyz']);
    const none = new Frames().add(
      'server',
      `${lines('HTTP/1.1 304 Not Modified', 'Content-Length: 3', '', '')}${answer('xyz')}`,
    );
    expect(exposedBy(none)).toEqual(['3 body: xyz']);
  });

  test('is found on any port, and once if it is retransmitted or out of order', () => {
    const request = post('pin=12');
    const frames = new Frames(80).add('client', request).add('client', request, { seq: 1_001 });
    frames.add('client', 'B', { seq: 1_001 + request.length + 1 });
    expect(exposedBy(frames)).toEqual(['3 body: pin=12', '3 credentials: pin=12']);
    const swapped = new Frames(80).add('client', request.slice(10), { seq: 1_011 });
    expect(exposedBy(swapped.add('client', request.slice(0, 10), { seq: 1_001 }))).toEqual([
      '4 body: pin=12',
      '4 credentials: pin=12',
    ]);
  });

  test('continues after a gap with the next message, and within a body of known length', () => {
    const lost = new Frames().add('client', post('pin=1')).lose('client', 30).add('client', 'x=password=1');
    lost.add('client', post('pin=2'));
    expect(exposedBy(lost).filter((one) => one.includes('credentials'))).toEqual([
      '3 credentials: pin=1',
      '5 credentials: pin=2',
    ]);
    const long = answer('a'.repeat(50));
    const cut = new Frames()
      .add('server', long.subarray(0, -30))
      .lose('server', 10)
      .add('server', long.subarray(-20));
    expect(exposedBy(cut.add('server', answer('b')))).toEqual([`4 body: ${'a'.repeat(40)}`, '5 body: b']);
  });

  test('is not another protocol, HTTP/2, or a tunnel', () => {
    const smtp = new Frames(25).add('server', '220 mail ready\r\n').add('client', 'PASS token=secret\r\n');
    expect(exposedBy(smtp)).toEqual([]);
    const h2c = new Frames(80).add('client', get).add('server', 'HTTP/1.1 101 Switching Protocols\r\n\r\n');
    expect(
      exposedBy(h2c.add('client', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n').add('server', 'readable')),
    ).toEqual([]);
    const tunnel = new Frames().add('client', 'CONNECT a:1 HTTP/1.1\r\n\r\n');
    expect(exposedBy(tunnel.add('server', 'HTTP/1.1 200 OK\r\n\r\nreadable\n'))).toEqual([]);
  });

  test('has a connection of its own if a port is reused', () => {
    const frames = new Frames().add('client', post('pin=123').slice(0, -2));
    frames.add('client', '', { seq: 70_000, flags: SYN }).add('client', get, { seq: 70_001 });
    frames.add('client', post('pin=4'), { seq: 70_001 + get.length });
    expect(exposedBy(frames).filter((one) => one.includes('credentials'))).toEqual([
      '3 credentials: pin=1',
      '6 credentials: pin=4',
    ]);
  });
});

describe('a message to the echo server', () => {
  const hey = encodeMessage('Hey');

  test('is cut as the server cuts it, in whatever segments it comes', () => {
    const sent = new Frames(9090).add('client', 'Hel').add('client', 'lo\nTest').add('client', '1\n');
    expect(exposedBy(sent)).toEqual(['4 body: Hello', '5 body: Test1']);
    const dripped = new Frames(9090).add('client', Buffer.concat([hey, hey]));
    for (const byte of hey) dripped.add('server', Buffer.from([byte]));
    expect(exposedBy(dripped)).toEqual(['3 body: Hey', '3 body: Hey', '15 body: Hey']);
  });

  test('has answers without an ending: notices, wrong tags, what breaks off', () => {
    const answers = new Frames(9090)
      .add('server', 'Packet Loss')
      .add('server', 'Hxy|e4599fa9')
      .add('server', 'Te');
    expect(exposedBy(answers.add('client', 'next\n').add('server', 'st\n'))).toEqual([
      '3 body: Packet Loss',
      '4 body: Hxy',
      '6 body: next',
      '5 body: Te',
      '7 body: st',
    ]);
  });

  test('by UDP is each datagram, and nothing on other ports', () => {
    const udp = { transport: 'udp', seq: Number.NaN, flags: 0 } as const;
    const counted = (port: number) =>
      exposedBy(new Frames(port).add('client', 'Hey', udp).add('client', 'Hey', udp));
    expect(counted(9090)).toEqual(['3 body: Hey', '4 body: Hey']);
    expect(counted(53)).toEqual([]);
  });

  test('is nothing that TLS encrypts, but data without TLS on its port, or after a TLS attempt on the plain port', () => {
    const hello = Buffer.from('16030100050100000100', 'hex');
    const encrypted = new Frames(9443)
      .add('client', hello)
      .add('server', 'readable\n')
      .add('client', 'also\n');
    expect(exposedBy(encrypted)).toEqual([]);
    expect(
      exposedBy(new Frames(9443).add('client', 'Hey').add('server', Buffer.from('15030300020246', 'hex'))),
    ).toEqual(['3 body: Hey']);
    expect(exposedBy(new Frames(9090).add('client', hello).add('server', 'Packet Loss'))).toEqual([
      '4 body: Packet Loss',
    ]);
  });
});

test('the oldest of many incomplete connections is dropped, after its exposures are reported', () => {
  const found: number[] = [];
  const exposing = new Exposing((frame) => found.push(frame));
  const [, , request] = new Frames().add('client', `GET / HTTP/1.1\r\n${login}`).all;
  for (let port = 10_000; port <= 30_000; port += 1) {
    exposing.take({ ...request!, number: port, from: `10.0.142.133:${port}`, fromPort: port });
  }
  expect(found).toEqual([10_000]);
});

describe('of connections that hold too many bytes', () => {
  const mebibyte = 1024 * 1024;
  const body = Buffer.from('a'.repeat(mebibyte));
  const [, , head, begin, overtaking] = new Frames()
    .add('client', `POST / HTTP/1.1\r\nContent-Length: ${2 * mebibyte}\r\n\r\n`)
    .add('client', body)
    .lose('client', 1)
    .add('client', body).all;
  const of = (frame: Carried, port: number) => ({
    ...frame,
    ...{ number: port, from: `10.0.142.133:${port}`, fromPort: port },
  });

  test('those that are silent for longest are dropped, after their exposures are reported', () => {
    const found: number[] = [];
    const exposing = new Exposing((frame) => found.push(frame));
    for (let port = 10_000; port < 10_064; port += 1) {
      exposing.take(of(head!, port));
      exposing.take(of(begin!, port));
      exposing.take({ ...of(head!, 10_000), payload: Buffer.alloc(0) });
    }
    expect(found).toEqual([10_001]);
  });

  test('segments that wait for an earlier one count', () => {
    const found: number[] = [];
    const exposing = new Exposing((frame) => found.push(frame));
    for (let port = 10_000; port < 10_033; port += 1) {
      for (const frame of [head!, begin!, overtaking!]) exposing.take(of(frame, port));
    }
    expect(found[0]).toBe(10_000);
    expect(new Set(found).size).toBeLessThan(4);
  });
});
