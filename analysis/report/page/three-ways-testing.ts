import type { ThreeWays, Way } from '#analysis/experiments/results.ts';
import { hexOf } from './facts-testing.ts';

const LOGIN = 'GET /login HTTP/1.1\r\nHost: server-host\r\nAuthorization: Basic YTpi\r\n\r\n';
const ENCRYPTED = `1703030056${'a7'.repeat(86)}`;
const hello: Way['hello'] = {
  frame: 8,
  wire: `16030100ff${'00'.repeat(120)}${hexOf('server-host')}${'00'.repeat(124)}`,
  marked: Array.from({ length: 11 }, (_, at) => 125 + at),
};
const visible = (length: string, more: Way['visible'] = []): Way['visible'] => [
  { what: 'Who', value: '10.0.142.133:41200 to 10.0.28.182:8080, the HTTP server' },
  { what: 'Length', value: length },
  ...more,
];
const overTls = visible('86 encrypted bytes: 69 of the request, 17 of TLS', [
  { what: 'Server name', value: 'server-host, in plain text in frame 8' },
]);

/** A login in all three ways, and a message without the one over TLS. */
export const threeWays: readonly ThreeWays[] = [
  {
    what: 'A login',
    agrees: true,
    seen: 'plain text: frame 4 is readable for everybody on the way; TLS: frame 10 is unreadable',
    secret: 'YTpi',
    plaintext: 'a:b',
    note: 'It is base64 on the wire.',
    ways: [
      {
        name: 'plain text',
        frame: 4,
        wire: hexOf(LOGIN),
        marked: Array.from({ length: 4 }, (_, at) => LOGIN.indexOf('YTpi') + at),
        readBy: 'everybody',
        visible: visible('69 bytes'),
      },
      { name: 'TLS', frame: 10, wire: ENCRYPTED, marked: [], readBy: 'nobody', hello, visible: overTls },
      {
        name: 'TLS with keys',
        frame: 20,
        wire: ENCRYPTED,
        marked: [],
        readBy: 'key holders',
        decrypted: LOGIN,
        hello: { ...hello, frame: 18 },
        visible: overTls,
      },
    ],
  },
  {
    what: 'A message',
    agrees: false,
    seen: 'plain text: frame 30 is readable for everybody on the way; TLS: not in the capture',
    secret: 'The exam is on Monday',
    plaintext: 'The exam is on Monday',
    ways: [
      {
        name: 'plain text',
        frame: 30,
        wire: hexOf('The exam is on Monday'),
        marked: [...'The exam is on Monday'].keys().toArray(),
        readBy: 'everybody',
        visible: visible('21 bytes'),
      },
      {
        name: 'TLS with keys',
        frame: 40,
        wire: ENCRYPTED,
        marked: [],
        readBy: 'key holders',
        decrypted: '<b>The exam is on Monday</b>|0f1e2d3c',
        visible: visible('86 encrypted bytes'),
      },
    ],
  },
];
