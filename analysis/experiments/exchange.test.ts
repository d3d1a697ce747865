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
  test('is who said what to whom, when', () => {
    const exchange = only(plain())!;
    expect(exchange).toMatchObject({
      client: '10.0.142.133:41000',
      to: '10.0.28.182:9090',
      server: 'echo',
      overTls: false,
      opened: false,
      request: { frame: 3, wire: Buffer.from('Hey|e4599fa9') },
      hello: undefined,
      version: undefined,
    });
    expect(exchange.seconds).toBeCloseTo(0.003);
    expect(String(exchange.fromServer.wire)).toBe('Hey|e4599fa9');
  });

  test('has what was sent again once', () => {
    const connection = plain();
    connection.packets.push(connection.packets[2]!);
    expect(String(only(connection)!.toServer.wire)).toBe('Hey|e4599fa9');
  });

  test('may begin in a capture with a segment of the server', () => {
    const connection = plain();
    connection.packets.shift();
    expect(only(connection)).toMatchObject({ client: '10.0.142.133:41000', to: '10.0.28.182:9090' });
  });
});

describe('an exchange over TLS', () => {
  test.each([
    ['1.3', '0x0304', 4],
    ['1.2', '', 4],
  ])('%s: the request is the first record that is not of the handshake', (name, version, frame) => {
    const connection = new Connection(ports.https)
      .handshake({ version })
      .client(record(23, 20))
      .client(record(23, 30));
    expect(only(connection)).toMatchObject({
      server: 'http',
      overTls: true,
      opened: false,
      version: `TLS ${name}`,
      request: { frame, wire: record(23, 20) },
    });
  });

  test('has only the record of a segment that has more, in the frame where it ends', () => {
    const both = Buffer.concat([record(23, 53), record(23, 20), record(21, 2)]);
    const connection = new Connection(ports.echoTls)
      .client(record(22, 40))
      .server(record(22, 90), { version: '0x0304' })
      .client(both.subarray(0, 60))
      .client(both.subarray(60), {
        records: [
          { length: 53, isSealed: true },
          { length: 20, isSealed: true },
          { length: 2, isSealed: false },
        ],
      });
    expect(only(connection)!.request).toEqual({ frame: 4, wire: record(23, 20) });
  });

  test('is open when there is something inside, of either side', () => {
    const connection = new Connection(ports.echoTls)
      .handshake()
      .client(record(23, 20), { inside: 'Hey' })
      .server(record(23, 20), { inside: 'Hey!' });
    const { opened, toServer, fromServer } = only(connection)!;
    expect([opened, String(toServer.inside), String(fromServer.inside)]).toEqual([true, 'Hey', 'Hey!']);
  });

  test('tells which server its client has named, and where', () => {
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
    ['says nothing', new Connection(ports.echo).client('').server('')],
    ['goes elsewhere', new Connection(22).client('SSH-2.0-hello\r\n')],
  ])('is none when it %s', (_what, connection) => {
    expect(exchangesOf(connection.packets)).toEqual([]);
  });
});

test('exchanges come in the order in which they began, however their segments are mixed', () => {
  const one = plain();
  const other = new Connection(ports.http, { client: 41_001, frame: 2 }).client('GET / HTTP/1.1\r\n\r\n');
  const mixed = [...one.packets, ...other.packets].sort((a, b) => a.number - b.number);
  expect(exchangesOf(mixed).map(({ server }) => server)).toEqual(['echo', 'http']);
});

test.each([
  ['TLS 1.3, unread', '1 69 208', '20', '23 23', 2],
  ['TLS 1.3, read with keys', '1 69 208', '20 22 23', '23 23', 2],
  ['TLS 1.2', '70 1 40 60', '22 20 22 23', '', 3],
])('the request is the first record that is sealed: %s', (_what, lengths, types, opaque, at) => {
  const all = lengths.split(' ').map((length) => record(23, Number(length)));
  const connection = new Connection(ports.echoTls).client(Buffer.concat(all));
  connection.server(record(22, 90), { version: opaque === '' ? '' : '0x0304' });
  const printed = {
    ...{ 'tls.record.length': lengths, 'tls.record.content_type': types },
    'tls.record.opaque_type': opaque,
  };
  const [first, ...others] = connection.packets;
  const { told } = printedPacket(printed, exchangeFields);
  expect(exchangesOf([{ ...first!, told }, ...others])[0]!.request.wire).toEqual(all[at]);
});

test('what is no TCP is none', () => {
  expect(exchangesOf([printedPacket({}, exchangeFields)])).toEqual([]);
});
