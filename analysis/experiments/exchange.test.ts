import { describe, expect, test } from '@jest/globals';
import { printedPacket } from '#analysis/capture/testing.ts';
import { Exchanges, exchangeFields } from './exchange.ts';
import { Connection, ports, record } from './exchange-testing.ts';

function exchangesOf(packets: Connection['packets']) {
  const exchanges = new Exchanges();
  for (const packet of packets) exchanges.take(packet);
  return exchanges.all();
}

const only = (connection: Connection) => exchangesOf(connection.packets)[0];
const plain = () =>
  new Connection(ports.echo).client('').server('').client('Hey|e4599fa9').server('Hey|e4599fa9');

describe('an exchange in plain text', () => {
  test('has its ends, its bytes and its times', () => {
    const exchange = only(plain())!;
    expect(exchange).toMatchObject({
      client: '10.0.142.133:41000',
      to: '10.0.28.182:9090',
      server: 'echo',
      overTls: false,
      isDecrypted: false,
      request: { frame: 3, wire: Buffer.from('Hey|e4599fa9') },
      hello: undefined,
      version: undefined,
    });
    expect(exchange.seconds).toBeCloseTo(0.003);
    expect(String(exchange.fromServer.wire)).toBe('Hey|e4599fa9');
  });

  test('has retransmitted bytes once', () => {
    const connection = plain();
    connection.packets.push(connection.packets[2]!);
    expect(String(only(connection)!.toServer.wire)).toBe('Hey|e4599fa9');
  });

  test('may begin with a segment of the server', () => {
    const connection = plain();
    connection.packets.shift();
    expect(only(connection)).toMatchObject({ client: '10.0.142.133:41000', to: '10.0.28.182:9090' });
  });
});

describe('an exchange over TLS', () => {
  test.each([
    ['1.3', '0x0304', 4],
    ['1.2', '', 4],
  ])('%s: the request is the first record after the handshake', (name, version, frame) => {
    const connection = new Connection(ports.https)
      .handshake({ version })
      .client(record(23, 20))
      .client(record(23, 30));
    expect(only(connection)).toMatchObject({
      server: 'http',
      overTls: true,
      isDecrypted: false,
      version: `TLS ${name}`,
      request: { frame, wire: record(23, 20) },
    });
  });

  test('has only its own record of a segment with several, in the frame that completes it', () => {
    const both = Buffer.concat([record(23, 53), record(23, 20), record(21, 2)]);
    const connection = new Connection(ports.echoTls)
      .client(record(22, 40))
      .server(record(22, 90), { version: '0x0304' })
      .client(both.subarray(0, 60))
      .client(both.subarray(60), {
        records: [
          { length: 53, isData: true },
          { length: 20, isData: true },
          { length: 2, isData: false },
        ],
      });
    expect(only(connection)!.request).toEqual({ frame: 4, wire: record(23, 20) });
  });

  test('is decrypted if either side has decrypted bytes', () => {
    const connection = new Connection(ports.echoTls)
      .handshake()
      .client(record(23, 20), { decrypted: 'Hey' })
      .server(record(23, 20), { decrypted: 'Hey!' });
    const { isDecrypted, toServer, fromServer } = only(connection)!;
    expect([isDecrypted, String(toServer.decrypted), String(fromServer.decrypted)]).toEqual([
      true,
      'Hey',
      'Hey!',
    ]);
  });

  test('has the server name that the client sent, and its frame', () => {
    const connection = new Connection(ports.https)
      .handshake({ serverName: 'server-host' })
      .client(record(23, 20));
    const { hello } = only(connection)!;
    expect(hello).toMatchObject({ frame: 1, serverName: 'server-host' });
    expect(hello!.wire.includes('server-host')).toBe(true);
  });

  test.each([
    ['ends in the handshake', new Connection(ports.https).handshake()],
    ['speaks no TLS', new Connection(ports.https).client('GET / HTTP/1.1\r\n\r\n')],
    ['carries no data', new Connection(ports.echo).client('').server('')],
    ['is with another server', new Connection(22).client('SSH-2.0-hello\r\n')],
  ])('is none when it %s', (_what, connection) => {
    expect(exchangesOf(connection.packets)).toEqual([]);
  });
});

test('exchanges are in the order of their begin, also with mixed segments', () => {
  const one = plain();
  const other = new Connection(ports.http, { client: 41_001, frame: 2 }).client('GET / HTTP/1.1\r\n\r\n');
  const mixed = [...one.packets, ...other.packets].sort((a, b) => a.number - b.number);
  expect(exchangesOf(mixed).map(({ server }) => server)).toEqual(['echo', 'http']);
});

test.each([
  ['TLS 1.3, without keys', '1 69 208', '20', '23 23', 2],
  ['TLS 1.3, with keys', '1 69 208', '20 22 23', '23 23', 2],
  ['TLS 1.2', '70 1 40 60', '22 20 22 23', '', 3],
])('the request is the first encrypted record: %s', (_what, lengths, types, opaque, at) => {
  const all = lengths.split(' ').map((length) => record(23, Number(length)));
  const connection = new Connection(ports.echoTls).client(Buffer.concat(all));
  connection.server(record(22, 90), { version: opaque === '' ? '' : '0x0304' });
  const printed = {
    ...{ 'tls.record.length': lengths, 'tls.record.content_type': types },
    'tls.record.opaque_type': opaque,
  };
  const [first, ...others] = connection.packets;
  const { fields } = printedPacket(printed, exchangeFields);
  expect(exchangesOf([{ ...first!, fields }, ...others])[0]!.request.wire).toEqual(all[at]);
});

test('a packet without TCP has no exchange', () => {
  expect(exchangesOf([printedPacket({}, exchangeFields)])).toEqual([]);
});
