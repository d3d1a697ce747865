import { describe, expect, test } from '@jest/globals';
import { RECORD_HEADER } from '#lib/tls/record.ts';
import type { Exchange } from './exchange.ts';
import type { ThreeWays } from './results.ts';
import { secrets, threeWaysOf } from './three-ways.ts';

const { user, password } = secrets.login;
const login = `GET /login HTTP/1.1\r\nAuthorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}\r\n\r\n`;
const welcome = (second: number) =>
  `HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 08:48:0${second} GMT\r\n\r\nWelcome`;
const message = `${secrets.message}|21d52fe8`;

const none = Buffer.alloc(0);
const base = {
  client: '10.0.142.133:41000',
  at: 1_795_000_000.25,
  seconds: 0.0072,
  hello: undefined,
} as const;

function plain(server: Exchange['server'], asks: string, answer: string): Exchange {
  const wire = Buffer.from(asks);
  return {
    ...base,
    server,
    to: '10.0.28.182:8080',
    overTls: false,
    opened: false,
    toServer: { wire, inside: none },
    fromServer: { wire: Buffer.from(answer), inside: none },
    request: { frame: 6, wire },
    version: undefined,
  };
}

/** The same over TLS, with what the keys open if there are some. */
function sealed(of: Exchange, frame: number, opened?: { asks: string; answer: string }): Exchange {
  const wire = Buffer.alloc(RECORD_HEADER + of.toServer.wire.length + 17, 0xa7);
  return {
    ...of,
    to: '10.0.28.182:8443',
    overTls: true,
    opened: opened !== undefined,
    toServer: { wire: Buffer.concat([Buffer.alloc(1_500), wire]), inside: Buffer.from(opened?.asks ?? '') },
    fromServer: { wire: Buffer.alloc(3_000), inside: Buffer.from(opened?.answer ?? '') },
    request: { frame, wire },
    hello: { frame: frame - 4, wire: Buffer.from('\0\0server-host\0'), serverName: 'server-host' },
    version: 'TLS 1.3',
  };
}

interface Three {
  plain: Exchange;
  sealed: Exchange;
  opened: Exchange;
}

const three = (): Three => {
  const said = plain('http', login, welcome(1));
  return {
    plain: said,
    sealed: sealed(said, 32),
    opened: sealed(said, 62, { asks: login, answer: welcome(9) }),
  };
};

function loginOf(exchanges: readonly Exchange[]): ThreeWays {
  return threeWaysOf(exchanges)[0]!;
}

describe('a login three ways', () => {
  test('agrees when everybody, nobody, and who has the keys reads it', () => {
    const { agrees, seen, reads, ways } = loginOf(Object.values(three()));
    expect(agrees).toBe(true);
    expect(seen).toBe(
      'plain text: everybody on the way reads frame 6; TLS: nobody reads frame 32; TLS, and its keys: only who has them reads frame 62',
    );
    expect(reads).toBe('student:correct-horse');
    expect(ways.map(({ name, readBy }) => [name, readBy])).toEqual([
      ['plain text', 'everybody'],
      ['TLS', 'nobody'],
      ['TLS, and its keys', 'key holders'],
    ]);
  });

  test('marks the secret in plain text, and the server name in the ClientHello', () => {
    const said = loginOf(Object.values(three()));
    const [plain, sealed, opened] = said.ways;
    const { marked } = plain!;
    expect(login.slice(marked[0], marked.at(-1)! + 1)).toBe(said.secret);
    expect([sealed!.marked, opened!.marked]).toEqual([[], []]);
    expect(sealed!.hello).toMatchObject({ frame: 28, marked: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] });
    expect([plain!.opened, sealed!.opened, opened!.opened]).toEqual([undefined, undefined, login]);
  });

  test('tells what TLS does not hide', () => {
    const [plain, sealed] = loginOf(Object.values(three())).ways;
    const [asks, answer] = [login.length, welcome(1).length];
    expect(plain!.outside).toEqual([
      { what: 'Who', is: '10.0.142.133:41000 to 10.0.28.182:8080, the HTTP server' },
      { what: 'When', is: '2026-11-18 11:06:40.250 UTC, for 7.2\u00a0ms' },
      { what: 'How much', is: `${asks} bytes to the server, ${answer} back` },
      { what: 'Length', is: `${asks} bytes` },
    ]);
    expect(sealed!.outside.slice(2)).toEqual([
      {
        what: 'How much',
        is: `${1_500 + RECORD_HEADER + asks + 17} bytes to the server, 3000 back, with the handshake`,
      },
      { what: 'Length', is: `${asks + 17} bytes sealed: the ${asks} and 17 of TLS` },
      { what: 'Version', is: 'TLS 1.3' },
      { what: 'Server name', is: 'server-host, in plain text in frame 28' },
    ]);
  });

  test('names no server that the client did not, and no length that plain text does not tell', () => {
    const { sealed } = three();
    const [way] = loginOf([{ ...sealed, hello: undefined }]).ways;
    expect(way!.outside).toContainEqual({ what: 'Server name', is: 'this client names none' });
    expect(way!.outside).toContainEqual({ what: 'Length', is: `${login.length + 17} bytes sealed` });
  });

  const leak = (exchange: Exchange, side: 'toServer' | 'fromServer', text: string): Exchange => {
    return { ...exchange, [side]: { ...exchange[side], wire: Buffer.from(`..${text}..`) } };
  };
  const base64 = Buffer.from(`${user}:${password}`).toString('base64');

  test.each<
    [what: string, broken: (all: Three) => Partial<Record<keyof Three, Exchange | undefined>>, seen: RegExp]
  >([
    ['no plain text', () => ({ plain: undefined }), /^plain text: not in the capture; TLS: nobody/],
    ['nothing over TLS without keys', () => ({ sealed: undefined }), /; TLS: not in the capture;/],
    ['nothing that keys open', () => ({ opened: undefined }), /; TLS, and its keys: not in the capture$/],
    [
      'a plain text of something else',
      ({ plain }) => ({
        plain: { ...plain, toServer: { wire: Buffer.from('GET /getbalance HTTP/1.1'), inside: none } },
      }),
      /^plain text: not in the capture/,
    ],
    [
      'a plain login with another password',
      ({ plain }) => ({
        plain: { ...plain, toServer: { wire: Buffer.from('GET /login HTTP/1.1'), inside: none } },
      }),
      /^plain text: nobody reads frame 6/,
    ],
    [
      'a secret to be read over TLS',
      ({ sealed }) => ({ sealed: leak(sealed, 'toServer', base64) }),
      /; TLS: everybody on the way reads frame 32;/,
    ],
    [
      'a secret in an answer over TLS',
      ({ sealed }) => ({ sealed: leak(sealed, 'fromServer', `${user}:${password}`) }),
      /; TLS: everybody on the way reads frame 32;/,
    ],
    [
      'a secret to be read over TLS whose keys are kept',
      ({ opened }) => ({ opened: leak(opened, 'toServer', base64) }),
      /; TLS, and its keys: everybody on the way reads frame 62/,
    ],
    [
      'keys that open another request',
      ({ opened }) => ({
        opened: { ...opened, toServer: { ...opened.toServer, inside: Buffer.from(`${login} `) } },
      }),
      /; what the keys open is not what was said in plain text$/,
    ],
    [
      'keys that open another answer',
      ({ opened }) => ({
        opened: {
          ...opened,
          fromServer: { ...opened.fromServer, inside: Buffer.from(welcome(1).replace('200', '401')) },
        },
      }),
      /; the server answered something else$/,
    ],
    [
      'no answer at all',
      ({ plain, opened }) => ({
        plain: { ...plain, fromServer: { wire: none, inside: none } },
        opened: { ...opened, fromServer: { ...opened.fromServer, inside: none } },
      }),
      /; nothing was answered in plain text$/,
    ],
    [
      'a record of another length',
      ({ sealed }) => ({ sealed: { ...sealed, request: { ...sealed.request, wire: Buffer.alloc(30) } } }),
      /; the record without keys has another length than that with them$/,
    ],
  ])('does not agree with %s', (_what, broken, expected) => {
    const all = three();
    const exchanges = Object.values({ ...all, ...broken(all) }).filter((one) => one !== undefined);
    const { agrees, seen } = loginOf(exchanges);
    expect(seen).toMatch(expected);
    expect(agrees).toBe(false);
  });
});

describe('a message three ways', () => {
  const said = plain('echo', message, message);
  const all = [said, sealed(said, 45), sealed(said, 77, { asks: message, answer: message })];

  test('agrees beside the login, in whatever order they came', () => {
    const both = [...all, ...Object.values(three())];
    for (const exchanges of [both, both.toReversed()]) {
      expect(threeWaysOf(exchanges).map(({ what, agrees }) => [what, agrees])).toEqual([
        ['A login', true],
        ['A message', true],
      ]);
    }
  });

  test('is not the login', () => {
    expect(threeWaysOf(all).map(({ agrees }) => agrees)).toEqual([false, true]);
  });

  test('is all there to see', () => {
    const { ways } = threeWaysOf(all)[1]!;
    expect(ways[0]!.marked).toHaveLength(secrets.message.length);
  });
});

test('of nothing nothing agrees', () => {
  for (const { agrees, ways } of threeWaysOf([])) expect([agrees, ways]).toEqual([false, []]);
});
