import { expect, test } from '@jest/globals';
import { TlsConnections } from './packet.ts';
import { packet, ports } from './testing.ts';

const hello = Buffer.from('16030100050100000100', 'hex');
const overTls = { to: '10.0.28.182:9443', toPort: 9443 };

test('what follows a record of TLS on its connection is of TLS too', () => {
  const tls = new TlsConnections(ports);
  expect(tls.has(packet({ text: 'Hey', segment: overTls }))).toBe(false);
  expect(tls.has(packet({ text: hello, segment: overTls }))).toBe(true);
  expect(tls.has(packet({ text: 'rest of a record', segment: overTls }))).toBe(true);
  expect(tls.has(packet({ text: 'Hey', segment: { ...overTls, from: '10.0.142.133:40001' } }))).toBe(false);
});

test('nothing is on a port without it, whoever tries', () => {
  const tls = new TlsConnections(ports);
  const tried = [packet({ text: hello }), packet({ text: 'Packet Loss', fromServer: true })];
  expect(tried.map((one) => tls.has(one))).toEqual([false, false]);
});
