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

function plain(server: Exchange['server'], request: string, answer: string): Exchange {
  const wire = Buffer.from(request);
  return {
    ...base,
    server,
    to: '10.0.28.182:8080',
    overTls: false,
    isDecrypted: false,
    toServer: { wire, decrypted: none },
    fromServer: { wire: Buffer.from(answer), decrypted: none },
    request: { frame: 6, wire },
    version: undefined,
  };
}

/** The same exchange over TLS, with its decrypted bytes if there are keys. */
function overTls(of: Exchange, frame: number, decrypted?: { request: string; answer: string }): Exchange {
  const wire = Buffer.alloc(RECORD_HEADER + of.toServer.wire.length + 17, 0xa7);
  return {
    ...of,
    to: '10.0.28.182:8443',
    overTls: true,
    isDecrypted: decrypted !== undefined,
    toServer: {
      wire: Buffer.concat([Buffer.alloc(1_500), wire]),
      decrypted: Buffer.from(decrypted?.request ?? ''),
    },
    fromServer: { wire: Buffer.alloc(3_000), decrypted: Buffer.from(decrypted?.answer ?? '') },
    request: { frame, wire },
    hello: { frame: frame - 4, wire: Buffer.from('\0\0server-host\0'), serverName: 'server-host' },
    version: 'TLS 1.3',
  };
}

interface Three {
  plain: Exchange;
  encrypted: Exchange;
  decrypted: Exchange;
}

const three = (): Three => {
  const first = plain('http', login, welcome(1));
  return {
    plain: first,
    encrypted: overTls(first, 32),
    decrypted: overTls(first, 62, { request: login, answer: welcome(9) }),
  };
};

function loginOf(exchanges: readonly Exchange[]): ThreeWays {
  return threeWaysOf(exchanges)[0]!;
}

describe('a login three ways', () => {
  test('agrees if it is readable for everybody, for nobody, and with the keys', () => {
    const { agrees, seen, plaintext, ways } = loginOf(Object.values(three()));
    expect(agrees).toBe(true);
    expect(seen).toBe(
      'plain text: frame 6 is readable for everybody on the way; TLS: frame 32 is unreadable; TLS with keys: frame 62 is readable only with the keys',
    );
    expect(plaintext).toBe('student:correct-horse');
    expect(ways.map(({ name, readBy }) => [name, readBy])).toEqual([
      ['plain text', 'everybody'],
      ['TLS', 'nobody'],
      ['TLS with keys', 'key holders'],
    ]);
  });

  test('marks the secret in plain text, and the server name in the ClientHello', () => {
    const found = loginOf(Object.values(three()));
    const [plain, encrypted, decrypted] = found.ways;
    const { marked } = plain!;
    expect(login.slice(marked[0], marked.at(-1)! + 1)).toBe(found.secret);
    expect([encrypted!.marked, decrypted!.marked]).toEqual([[], []]);
    expect(encrypted!.hello).toMatchObject({ frame: 28, marked: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] });
    expect(found.ways.map((way) => way.decrypted)).toEqual([undefined, undefined, login]);
  });

  test('shows what TLS does not hide', () => {
    const [plain, encrypted] = loginOf(Object.values(three())).ways;
    const [request, answer] = [login.length, welcome(1).length];
    expect(plain!.visible).toEqual([
      { what: 'Who', value: '10.0.142.133:41000 to 10.0.28.182:8080, the HTTP server' },
      { what: 'When', value: '2026-11-18 11:06:40.250 UTC, for 7.2\u00a0ms' },
      { what: 'How much', value: `${request} bytes to the server, ${answer} back` },
      { what: 'Length', value: `${request} bytes` },
    ]);
    expect(encrypted!.visible.slice(2)).toEqual([
      {
        what: 'How much',
        value: `${1_500 + RECORD_HEADER + request + 17} bytes to the server, 3000 back, with the handshake`,
      },
      { what: 'Length', value: `${request + 17} encrypted bytes: ${request} of the request, 17 of TLS` },
      { what: 'Version', value: 'TLS 1.3' },
      { what: 'Server name', value: 'server-host, in plain text in frame 28' },
    ]);
  });

  test('has no server name that was not sent, and no plain length without the plain text', () => {
    const { encrypted } = three();
    const [way] = loginOf([{ ...encrypted, hello: undefined }]).ways;
    expect(way!.visible).toContainEqual({ what: 'Server name', value: 'not sent by this client' });
    expect(way!.visible).toContainEqual({ what: 'Length', value: `${login.length + 17} encrypted bytes` });
  });

  const leak = (exchange: Exchange, side: 'toServer' | 'fromServer', text: string): Exchange => {
    return { ...exchange, [side]: { ...exchange[side], wire: Buffer.from(`..${text}..`) } };
  };
  const base64 = Buffer.from(`${user}:${password}`).toString('base64');

  test.each<
    [
      what: string,
      broken: (all: Three) => Partial<Record<keyof Three, Exchange | undefined>>,
      expected: RegExp,
    ]
  >([
    [
      'no plain text',
      () => ({ plain: undefined }),
      /^plain text: not in the capture; TLS: frame 32 is unreadable/,
    ],
    ['nothing over TLS without keys', () => ({ encrypted: undefined }), /; TLS: not in the capture;/],
    ['nothing decrypted', () => ({ decrypted: undefined }), /; TLS with keys: not in the capture$/],
    [
      'another request in plain text',
      ({ plain }) => ({
        plain: { ...plain, toServer: { wire: Buffer.from('GET /getbalance HTTP/1.1'), decrypted: none } },
      }),
      /^plain text: not in the capture/,
    ],
    [
      'a plain login with another password',
      ({ plain }) => ({
        plain: { ...plain, toServer: { wire: Buffer.from('GET /login HTTP/1.1'), decrypted: none } },
      }),
      /^plain text: frame 6 is unreadable/,
    ],
    [
      'a readable secret over TLS',
      ({ encrypted }) => ({ encrypted: leak(encrypted, 'toServer', base64) }),
      /; TLS: frame 32 is readable for everybody on the way;/,
    ],
    [
      'a readable secret in an answer over TLS',
      ({ encrypted }) => ({ encrypted: leak(encrypted, 'fromServer', `${user}:${password}`) }),
      /; TLS: frame 32 is readable for everybody on the way;/,
    ],
    [
      'a readable secret over TLS with keys',
      ({ decrypted }) => ({ decrypted: leak(decrypted, 'toServer', base64) }),
      /; TLS with keys: frame 62 is readable for everybody on the way/,
    ],
    [
      'another decrypted request',
      ({ decrypted }) => ({
        decrypted: {
          ...decrypted,
          toServer: { ...decrypted.toServer, decrypted: Buffer.from(`${login} `) },
        },
      }),
      /; the decrypted request differs from the plain one$/,
    ],
    [
      'another decrypted answer',
      ({ decrypted }) => ({
        decrypted: {
          ...decrypted,
          fromServer: {
            ...decrypted.fromServer,
            decrypted: Buffer.from(welcome(1).replace('200', '401')),
          },
        },
      }),
      /; the decrypted answer differs from the plain one$/,
    ],
    [
      'no answer',
      ({ plain, decrypted }) => ({
        plain: { ...plain, fromServer: { wire: none, decrypted: none } },
        decrypted: { ...decrypted, fromServer: { ...decrypted.fromServer, decrypted: none } },
      }),
      /; the plain request has no answer$/,
    ],
    [
      'a record of another length',
      ({ encrypted }) => ({
        encrypted: { ...encrypted, request: { ...encrypted.request, wire: Buffer.alloc(30) } },
      }),
      /; the records with and without keys differ in length$/,
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
  const first = plain('echo', message, message);
  const all = [first, overTls(first, 45), overTls(first, 77, { request: message, answer: message })];

  test('agrees as well as the login, in any order', () => {
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

  test('has all its bytes marked in plain text', () => {
    const { ways } = threeWaysOf(all)[1]!;
    expect(ways[0]!.marked).toHaveLength(secrets.message.length);
  });
});

test('without exchanges nothing agrees', () => {
  for (const { agrees, ways } of threeWaysOf([])) expect([agrees, ways]).toEqual([false, []]);
});
