import { describe, expect, test } from '@jest/globals';
import { parseCarried, parseFrame, tsharkArguments } from './read-frames.ts';
import { TlsStreams } from './tls-streams.ts';

const ports = { http: 8080, https: 8443, echo: 9090, echoTls: 9443 };

/** A line, from the fields that it has. */
function parse(of: Readonly<Record<string, string>>, number = 1) {
  const args = tsharkArguments('a.pcap', ports, 'tls.keys');
  expect(args.join(' ')).toContain('-E aggregator=/s');
  const names = args.filter((_, at) => args[at - 1] === '-e');
  const fields = names.map((name) => of[name] ?? '');
  const carried = parseCarried(fields, number);
  return carried && parseFrame(fields, carried, { ports, tls: new TlsStreams(true) });
}

const request = { 'tcp.srcport': '41000', 'tcp.dstport': '8080' };
const answer = { 'tcp.srcport': '8080', 'tcp.dstport': '41000' };

test('requests that were sent ahead, for odd targets', () => {
  const frame = parse({
    ...request,
    'http.request.method': 'GET POST GET',
    // tshark writes a backslash twice.
    'http.request.uri': '/a,b /{x} /a\\\\b',
  });
  expect(frame?.requests).toEqual(['GET /a,b', 'POST /{x}', 'GET /a\\b']);
});

describe('a request that tshark put together of several segments', () => {
  const told = { 'http.request.method': 'POST GET', 'http.request.uri': '/a /b' };
  const https = { 'tcp.srcport': '41000', 'tcp.dstport': '8443', 'tcp.payload': '1703' };

  test.each([
    ['in plain text', { ...request, ...told, 'tcp.segment': '96 98 100' }, 5 - 4],
    ['over TLS', { ...https, ...told, 'tls.segment': '98 100', 'tcp.segment': '97 99' }, 5 - 2],
    ['over TLS, of records of this one', { ...https, ...told, 'tls.segment': '100 100' }, undefined],
    ['over TLS, of a record of several segments', { ...https, ...told, 'tcp.segment': '96 100' }, undefined],
    ['of which no request is told', { ...request, 'tcp.segment': '96 100' }, undefined],
    ['nowhere', { ...request, ...told }, undefined],
  ])('%s', (_where, of, begin) => {
    expect(parse(of, 5)?.begin).toBe(begin);
  });
});

test('over IPv6 has its addresses in brackets, and what an ICMP error carries is none', () => {
  const addresses = { '_ws.col.def_src': 'fd00::1', '_ws.col.def_dst': 'fd00::2' };
  expect(parse({ ...request, ...addresses })?.client).toBe('[fd00::1]:41000');
  expect(parse({ ...request, 'icmpv6.type': '1' })).toBeUndefined();
});

test('an interim answer and the final one', () => {
  expect(parse({ ...answer, 'http.response.code': '100 200' })?.codes).toEqual(['100', '200']);
});

test('whether a segment over TLS has data of HTTP', () => {
  const segment = { 'tcp.srcport': '41000', 'tcp.dstport': '8443', 'tcp.payload': '1703' };
  const told = (types: string) =>
    parse({
      ...segment,
      'tls.record.content_type': types,
      'tls.record.length': '9 30',
      'tls.handshake.type': '20',
    })?.hasData;
  expect([told('22 23'), told('22 22'), told('22')]).toEqual([true, false, false]);
});

test('what several records of TLS carry', () => {
  const frame = parse({
    'tcp.srcport': '41000',
    'tcp.dstport': '9443',
    'tcp.payload': '1703',
    'tls.record.content_type': '22 23 23',
    'tls.record.length': '9 30 30',
    'tls.handshake.type': '20',
    'data.data': '486579 21',
  });
  expect(frame).toMatchObject({ sealed: 'open', payload: Buffer.from('Hey!') });
});
