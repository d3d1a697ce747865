import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FaultName } from '#lib/faults/echo/index.ts';
import { crcOf } from '#lib/message/crc.ts';
import { ca, openTestTls, type TestTls } from '#lib/tls/testing.ts';
import { createLab, type Lab, serveTcp, type TcpServer, until } from '../testing.ts';
import { createTcpEcho } from './tcp.ts';

let lab: Lab;
let tcp: TcpServer;

beforeEach(async () => {
  lab = await createLab('tcp');
});

afterEach(async () => {
  await tcp.close();
  await lab.close();
});

/** The bytes between two offsets, as text. */
const part = (stream: Buffer, from: number, length: number) =>
  stream.subarray(from, from + length).toString('latin1');

interface Placed {
  readonly id: number;
  readonly at: number;
  readonly bytes: number;
  readonly answer_at: number;
  readonly wire_from: number;
  readonly wire_to: number;
  readonly wire_answer_at: number;
  readonly event?: string;
  readonly entry?: number;
}

async function entries(): Promise<Placed[]> {
  return (await lab.entries()) as unknown as Placed[];
}

describe('an entry has the offsets of', () => {
  beforeEach(async () => {
    tcp = await serveTcp(createTcpEcho(lab.parts));
  });

  /** The answer to a text; and for each entry its message and the beginning of its echo. */
  async function said(text: string, ...faults: FaultName[]) {
    lab.script(...faults);
    const client = await tcp.connect();
    const answer = await buffer(client.end(text));
    return (await entries()).map(({ event, entry, at, bytes, answer_at }) => {
      const what = event ? `${event} ${entry}` : part(Buffer.from(text), at, bytes);
      return [what, part(answer, answer_at, 3)];
    });
  }

  test('its message and its echo', async () => {
    expect(await said('one\ntwo\r\nHey|e4599fa9three', 'none', 'duplicate', 'loss', 'none')).toEqual([
      ['one\n', 'one'],
      ['two\r\n', 'two'],
      ['Hey|e4599fa9', 'err'],
      ['three', 'thr'],
    ]);
  });

  test('both, also after a late line ending', async () => {
    const client = await tcp.connect();
    client.write('Hey|e4599fa9');
    await once(client, 'data');
    client.write('\nnext\n');
    await once(client, 'data');
    expect(await entries()).toMatchObject([
      { at: 0, bytes: 12, crc: crcOf(Buffer.from('Hey|e4599fa9')), answer_at: 0 },
      { at: 13, bytes: 5, crc: crcOf(Buffer.from('next\n')), answer_at: 13 },
    ]);
  });

  test('a message, and one more entry has that of its reordered echo', async () => {
    expect(await said('one\ntwo\nthree\n', 'reorder', 'none', 'reorder')).toEqual([
      ['one\n', 'two'],
      ['two\n', 'two'],
      ['sent 1', 'one'],
      ['three\n', 'thr'],
      ['sent 4', 'thr'],
    ]);
  });
});

describe('over TLS an entry has its offsets on the wire', () => {
  let opened: TestTls;
  /** The bytes that passed, by direction. */
  const wire = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
  const proxies: Socket[] = [];

  beforeEach(async () => {
    opened = await openTestTls({ LAB_TLS_MIN: '1.2' });
    tcp = await serveTcp(createTcpEcho({ ...lab.parts, tls: opened.tls }), { ca });
    [wire.client, wire.server] = [Buffer.alloc(0), Buffer.alloc(0)];
  });

  afterEach(() => opened.close());

  /** A connection through a proxy that keeps the bytes on the wire. */
  async function through(options: object): Promise<Socket> {
    const proxy = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ port: tcp.port, host: '127.0.0.1', allowHalfOpen: true });
      proxies.push(near, far);
      near.on('data', (bytes) => {
        wire.client = Buffer.concat([wire.client, bytes]);
        far.write(bytes);
      });
      far.on('data', (bytes) => {
        wire.server = Buffer.concat([wire.server, bytes]);
        near.write(bytes);
      });
      near.on('end', () => far.end()).on('error', () => undefined);
      far.on('end', () => near.end()).on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as { port: number };
    const client = connectTls({ port, host: '127.0.0.1', ca, ...options });
    await once(client, 'secureConnect');
    proxy.close();
    return client;
  }

  /** The records that a side sent, from the first byte of each to the next. */
  function records(stream: Buffer): { readonly at: number; readonly type: number; readonly bytes: number }[] {
    const all = [];
    for (let at = 0; at + 5 <= stream.length; at += 5 + stream.readUInt16BE(at + 3)) {
      all.push({ at, type: stream[at]!, bytes: stream.readUInt16BE(at + 3) });
    }
    return all;
  }

  test.each([
    ['TLSv1.3', 17],
    ['TLSv1.2', 24],
  ] as const)(
    'with %s each echo begins with its record, and each message is within the bytes that were read with it',
    async (maxVersion, more) => {
      lab.script('none', 'duplicate', 'reorder', 'none', 'loss');
      const client = await through({ maxVersion });
      const messages = ['one\n', 'two two\n', 'three\n', 'four\n', 'five'];
      // Each in its own record.
      for (const message of messages) await new Promise((resolve) => client.write(message, resolve));
      expect(String(await buffer(client.end()))).toBe('one\ntwo two\ntwo two\nfour\nthree\nPacket Loss');
      const [inside, found] = [records(wire.server), await entries()];
      const lengthAt = (at: number) => inside.find((record) => record.at === at)!.bytes - more;
      expect(found.map(({ event, wire_answer_at }) => [event, lengthAt(wire_answer_at)])).toEqual([
        [undefined, 4],
        [undefined, 8],
        [undefined, 5],
        [undefined, 5],
        ['sent', 6],
        [undefined, 11],
      ]);
      const sent = records(wire.client).filter(({ type }) => type === 23);
      const own = sent.slice(-messages.length - (maxVersion === 'TLSv1.3' ? 1 : 0)).slice(0, messages.length);
      for (const [index, entry] of found.filter(({ event }) => event === undefined).entries()) {
        const { at, bytes } = own[index]!;
        expect(entry.wire_from).toBeLessThanOrEqual(at);
        expect(entry.wire_to).toBeGreaterThanOrEqual(at + 5 + bytes);
      }
      expect(found[0]!.wire_from).toBeGreaterThan(200);
      expect(found.some((entry) => 'crc' in entry)).toBe(false);
    },
  );

  test('exactly, when a message arrives after the echo of the one before', async () => {
    lab.script('none');
    const client = await through({});
    // Bytes that arrive with the end of the handshake are within its range.
    await until(() => tcp.served.length === 1);
    for (const message of ['one\n', 'longer\n']) {
      client.write(message);
      await once(client, 'data');
    }
    const [first, second] = await entries();
    expect(first!.wire_to - first!.wire_from).toBe(4 + 22);
    expect([second!.wire_from, second!.wire_to - second!.wire_from]).toEqual([first!.wire_to, 7 + 22]);
    expect(second!.wire_answer_at).toBe(first!.wire_answer_at + 4 + 22);
    expect(wire.server.length).toBe(second!.wire_answer_at + 7 + 22);
    client.destroy();
  });

  test('for a message in very many pieces too', async () => {
    const client = await through({});
    const message = `${'x'.repeat(99)}\n`;
    for (const byte of message) await new Promise((resolve) => client.write(byte, resolve));
    await once(client, 'data');
    client.write('next\n');
    await once(client, 'data');
    const [long, next] = await entries();
    const end = long!.wire_from + 100 * 23;
    expect(long!.wire_to).toBeGreaterThanOrEqual(end);
    expect([next!.wire_from <= long!.wire_to, next!.wire_to - long!.wire_to]).toEqual([true, 5 + 22]);
    client.destroy();
  });
});
