import { expect, test } from '@jest/globals';
import { gistOf, kinds } from './kind.ts';
import { packetOf } from './packet-testing.ts';

const tcp = (flags: string) => ({ flags, sequence: 1, ack: 1, window: 64_512 });
const plain = '51234 → 9090 [x] Seq=1 Ack=1 Win=64512 Len=0';

test.each([
  ['SYN', 'syn', 'SYN'],
  ['SYN, ACK', 'syn', 'SYN ACK'],
  ['ACK', 'ack', 'ACK'],
  ['FIN, ACK', 'fin', 'FIN'],
  ['RST, ACK', 'reset', 'RST'],
] as const)('TCP with %s is %s', (flags, kind, label) => {
  const gist = gistOf(packetOf({ protocol: 'TCP', info: plain, tcp: tcp(flags) }));
  expect(gist).toEqual({ kind, label, title: flags, isError: false });
});

test('a segment with bytes that nothing understands shows how many', () => {
  const gist = gistOf(packetOf({ protocol: 'TCP', info: plain, tcp: tcp('PSH, ACK'), payload: 1448 }));
  expect(gist).toMatchObject({ kind: 'data', label: '1448 B', title: 'PSH, ACK' });
  expect(gistOf(packetOf({ info: plain, tcp: tcp('ACK'), payload: 64_000 })).label).toBe('64 kB');
});

test('a request and an answer of HTTP', () => {
  const request = packetOf({ protocol: 'HTTP', info: 'GET /getbalance HTTP/1.1 ', payload: 192 });
  expect(gistOf(request)).toMatchObject({ kind: 'request', label: 'GET', title: 'GET /getbalance' });
  const answer = packetOf({ protocol: 'HTTP', info: 'HTTP/1.1 403 Forbidden ', payload: 90 });
  expect(gistOf(answer)).toEqual({ kind: 'answer', label: '403', title: '403 Forbidden', isError: true });
});

test.each([
  ['request Hey tag=e4599fa9', 'request', 'Hey', false],
  ['answer Hey tag=e4599fa9', 'answer', 'Hey', false],
  ['answer H\\x9ay tag=e4599fa9 [bad checksum]', 'answer', 'H\\x9ay', true],
  ['notice Packet Loss', 'answer', 'notice', true],
  ['request The exam is on Monday tag=21d52fe8', 'request', 'The exam…', false],
] as const)('the message %j', (info, kind, label, isError) => {
  const gist = gistOf(packetOf({ protocol: 'wirelab', info, payload: 12 }));
  expect(gist).toMatchObject({ kind, label, isError });
});

test.each([
  ['DATA seq=3 len=1320 id=ff1c9c6a  go-back-n', 'DATA 3', 'DATA seq=3 len=1320  go-back-n'],
  [
    '[retransmission] DATA seq=12 len=10 id=ff1c9c6a  SR',
    'DATA 12',
    '[retransmission] DATA seq=12 len=10  SR',
  ],
  ['ACK ack=3 win=64 len=0 id=ff1c9c6a', 'ACK 3', 'ACK ack=3 win=64 len=0'],
] as const)('the datagram %j', (info, label, title) => {
  const gist = gistOf(packetOf({ transport: 'udp', protocol: 'wirelab', info, payload: 90 }));
  expect(gist).toMatchObject({ kind: 'datagram', label, title });
});

test('TLS, ICMP and what else there is', () => {
  const hello = packetOf({ protocol: 'TLSv1.3', info: 'Client Hello', payload: 300 });
  expect(gistOf(hello)).toMatchObject({ kind: 'tls', label: 'Client hi' });
  const sealed = packetOf({ protocol: 'TLSv1.3', info: 'Application Data', payload: 300 });
  expect(gistOf(sealed)).toMatchObject({ kind: 'tls', label: 'TLS', title: 'Application Data' });
  const ping = packetOf({
    transport: 'icmp',
    protocol: 'ICMP',
    info: 'Echo (ping) request  id=0x6e87, seq=1/256, ttl=63',
  });
  expect(gistOf(ping)).toMatchObject({ kind: 'icmp', label: 'ping 1', title: 'Echo (ping) request, 1' });
  const arp = packetOf({ transport: 'other', protocol: 'ARP', info: 'Who has 10.0.28.182?' });
  expect(gistOf(arp)).toMatchObject({ kind: 'other', label: 'ARP' });
});

test('hostile text stays short and picks a kind', () => {
  const long = 'x'.repeat(65_536);
  const gist = gistOf(packetOf({ protocol: 'wirelab', info: `request ${long}`, payload: 65_536 }));
  expect(kinds).toContain(gist.kind);
  expect(gist.title.length).toBeLessThanOrEqual(240);
  expect(gist.label.length).toBeLessThanOrEqual(9);
});
