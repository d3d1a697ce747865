import { expect, test } from '@jest/globals';
import { ServerFrames } from './read-frames.ts';
import { type Printed, printedPacket } from './testing.ts';
import { tlsFields } from './tls-inside.ts';

const hello = { 'tcp.payload': '16030100', 'tls.record.content_type': '22', 'tls.record.length': '9' };

/** The frames of a TLS connection with these segments of its client. */
function overTls(port: number, ...segments: Printed[]) {
  const servers = new ServerFrames(true);
  return segments.map((segment, at) => {
    const printed = {
      ...{ 'tcp.srcport': 41_000, 'tcp.dstport': port, 'tcp.seq_raw': 1 + 4 * at, 'tcp.flags': 0x10 },
      ...{ 'tcp.payload': '17030300', ...segment },
    };
    const { carried, fields } = printedPacket(printed, tlsFields, at + 1);
    return servers.take(carried!, fields);
  });
}

const finished = { ...hello, 'tls.handshake.type': '20' };

test('the data of several TLS records is joined', () => {
  const records = {
    ...{ 'tls.record.content_type': '22 23 23', 'tls.record.length': '9 30 30' },
    ...{ 'tls.handshake.type': '20', 'data.data': '486579 21' },
  };
  expect(overTls(9443, records)[0]).toMatchObject({ tls: 'decrypted', payload: Buffer.from('Hey!') });
});

test('requests over TLS are found, also in several records', () => {
  const text = 'GET /getbalance HTTP/1.1\r\n\r\n';
  const [head, rest] = [text.slice(0, 9), text.slice(9)];
  const record = (part: string) => ({
    ...{ 'tls.record.content_type': '23', 'tls.record.length': '30' },
    'data.data': Buffer.from(part).toString('hex'),
  });
  const [, begun, whole] = overTls(8443, finished, record(head!), record(rest!));
  expect(begun).toMatchObject({ requests: [], payload: Buffer.from(head!) });
  expect(whole).toMatchObject({ requests: ['GET /getbalance'], begin: 2, seq: begun!.seq + head!.length });
  expect(whole!.wire).toMatchObject({ seq: 9, payload: Buffer.from('17030300', 'hex') });
});

test('plain HTTP on a TLS port is readable', () => {
  const text = Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex');
  expect(overTls(8443, { 'tcp.payload': text })[0]).toMatchObject({ tls: undefined, requests: ['GET /'] });
});

test('other ports, and UDP on a TLS port, belong to no server', () => {
  const of = (printed: Printed) => {
    const { carried, fields } = printedPacket(printed, tlsFields);
    return new ServerFrames(false).take(carried!, fields);
  };
  expect(of({ 'tcp.srcport': 41_000, 'tcp.dstport': 25 })).toBeUndefined();
  expect(of({ 'udp.srcport': 41_000, 'udp.dstport': 9443 })).toBeUndefined();
  expect(of({ 'udp.srcport': 41_000, 'udp.dstport': 9090 })).toMatchObject({ server: 'echo' });
});
