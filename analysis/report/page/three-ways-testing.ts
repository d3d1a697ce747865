import type { ThreeWays, Way } from '#analysis/experiments/results.ts';
import { hexOf } from './facts-testing.ts';

const LOGIN = 'GET /login HTTP/1.1\r\nHost: server-host\r\nAuthorization: Basic YTpi\r\n\r\n';
const SEALED = `1703030056${'a7'.repeat(86)}`;
const hello: Way['hello'] = {
  frame: 8,
  wire: `16030100ff${'00'.repeat(120)}${hexOf('server-host')}${'00'.repeat(124)}`,
  marked: Array.from({ length: 11 }, (_, at) => 125 + at),
};
const outside = (length: string, beyond: Way['outside'] = []): Way['outside'] => [
  { what: 'Who', is: '10.0.142.133:41200 to 10.0.28.182:8080, the HTTP server' },
  { what: 'Length', is: length },
  ...beyond,
];
const overTls = outside('86 bytes sealed: the 69 and 17 of TLS', [
  { what: 'Server name', is: 'server-host, in plain text in frame 8' },
]);

/** A login in all three ways, and a message of which the one without keys is missing. */
export const threeWays: readonly ThreeWays[] = [
  {
    what: 'A login',
    agrees: true,
    seen: 'plain text: everybody on the way reads frame 4; TLS: nobody reads frame 10',
    secret: 'YTpi',
    reads: 'a:b',
    note: 'It goes over the wire as base64.',
    ways: [
      {
        name: 'plain text',
        frame: 4,
        wire: hexOf(LOGIN),
        marked: Array.from({ length: 4 }, (_, at) => LOGIN.indexOf('YTpi') + at),
        readBy: 'everybody',
        outside: outside('69 bytes'),
      },
      { name: 'TLS', frame: 10, wire: SEALED, marked: [], readBy: 'nobody', hello, outside: overTls },
      {
        name: 'TLS, and its keys',
        frame: 20,
        wire: SEALED,
        marked: [],
        readBy: 'key holders',
        opened: LOGIN,
        hello: { ...hello, frame: 18 },
        outside: overTls,
      },
    ],
  },
  {
    what: 'A message',
    agrees: false,
    seen: 'plain text: everybody on the way reads frame 30; TLS: not in the capture',
    secret: 'The exam is on Monday',
    reads: 'The exam is on Monday',
    ways: [
      {
        name: 'plain text',
        frame: 30,
        wire: hexOf('The exam is on Monday'),
        marked: [...'The exam is on Monday'].keys().toArray(),
        readBy: 'everybody',
        outside: outside('21 bytes'),
      },
      {
        name: 'TLS, and its keys',
        frame: 40,
        wire: SEALED,
        marked: [],
        readBy: 'key holders',
        opened: '<b>The exam is on Monday</b>|0f1e2d3c',
        outside: outside('86 bytes sealed'),
      },
    ],
  },
];
