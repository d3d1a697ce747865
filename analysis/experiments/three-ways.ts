import { duration } from '#lib/text/figures.ts';
import { RECORD_HEADER } from '#lib/tls/record.ts';
import type { Exchange } from './exchange.ts';
import type { ThreeWays, Way, WayName } from './results.ts';

/** The secrets that the demo sends in plain text, over TLS, and over TLS with keys. */
export const secrets = {
  login: { user: 'student', password: 'correct-horse' },
  message: 'The exam is on Monday',
} as const;

/** One exchange that is made three times. */
interface Repeated {
  readonly what: string;
  readonly server: 'http' | 'echo';
  readonly begins: string;
  /** The secret as it is on the wire. */
  readonly secret: string;
  /** The secret as a person reads it. */
  readonly plaintext: string;
  readonly note?: string;
}

const { user, password } = secrets.login;
const credentials = Buffer.from(`${user}:${password}`).toString('base64');

const all: readonly Repeated[] = [
  {
    what: 'A login',
    server: 'http',
    begins: 'GET /login ',
    secret: credentials,
    plaintext: `${user}:${password}`,
    note: 'It is base64 on the wire. That is no encryption: anyone can decode it.',
  },
  {
    what: 'A message',
    server: 'echo',
    begins: secrets.message,
    secret: secrets.message,
    plaintext: secrets.message,
  },
];

/** How readable a frame is. */
const readable = {
  everybody: 'is readable for everybody on the way',
  'key holders': 'is readable only with the keys',
  nobody: 'is unreadable',
} as const satisfies Record<Way['readBy'], string>;

/** What an eavesdropper reads of the same exchange, made three ways. */
export function threeWaysOf(exchanges: readonly Exchange[]): ThreeWays[] {
  return all.map((repeated) => compare(repeated, exchanges));
}

function compare(repeated: Repeated, exchanges: readonly Exchange[]): ThreeWays {
  const { begins } = repeated;
  const own = exchanges.filter(({ server }) => server === repeated.server);
  const plain = own.find(({ overTls, toServer }) => !overTls && startsWith(toServer.wire, begins));
  const encrypted = own.find(({ overTls, isDecrypted }) => overTls && !isDecrypted);
  const decrypted = own.find(
    ({ isDecrypted, toServer }) => isDecrypted && startsWith(toServer.decrypted, begins),
  );
  const found: readonly (readonly [WayName, Exchange | undefined])[] = [
    ['plain text', plain],
    ['TLS', encrypted],
    ['TLS with keys', decrypted],
  ];
  const seen = found.map(([name, exchange]) => {
    if (!exchange) return `${name}: not in the capture`;
    return `${name}: frame ${exchange.request.frame} ${readable[readersOf(exchange, repeated)]}`;
  });
  const three = plain && encrypted && decrypted && { plain, encrypted, decrypted };
  const wrong = three ? differences(three) : [];
  return {
    what: repeated.what,
    agrees:
      three !== undefined &&
      wrong.length === 0 &&
      Object.values(three).every((exchange) => exposes(exchange, repeated) === !exchange.overTls),
    seen: [...seen, ...wrong].join('; '),
    secret: repeated.secret,
    plaintext: repeated.plaintext,
    note: repeated.note,
    ways: found.flatMap(([name, exchange]) => (exchange ? [wayOf(name, exchange, { repeated, plain })] : [])),
  };
}

interface Three {
  readonly plain: Exchange;
  readonly encrypted: Exchange;
  readonly decrypted: Exchange;
}

/** Why the three are not the same exchange. */
function differences({ plain, encrypted, decrypted }: Three): string[] {
  const same: readonly (readonly [boolean, string])[] = [
    [plain.fromServer.wire.length > 0, 'the plain request has no answer'],
    [
      decrypted.toServer.decrypted.equals(plain.toServer.wire),
      'the decrypted request differs from the plain one',
    ],
    [
      timeless(decrypted.fromServer.decrypted) === timeless(plain.fromServer.wire),
      'the decrypted answer differs from the plain one',
    ],
    // Only the size of the undecrypted request is visible.
    [
      encrypted.request.wire.length === decrypted.request.wire.length,
      'the records with and without keys differ in length',
    ],
  ];
  return same.flatMap(([holds, what]) => (holds ? [] : [what]));
}

function exposes({ toServer, fromServer }: Exchange, { secret, plaintext }: Repeated): boolean {
  return [toServer, fromServer].some(({ wire }) => wire.includes(secret) || wire.includes(plaintext));
}

function readersOf(exchange: Exchange, repeated: Repeated): Way['readBy'] {
  if (exposes(exchange, repeated)) return 'everybody';
  return exchange.isDecrypted ? 'key holders' : 'nobody';
}

function wayOf(
  name: WayName,
  exchange: Exchange,
  { repeated, plain }: { readonly repeated: Repeated; readonly plain: Exchange | undefined },
): Way {
  const { request, toServer, isDecrypted, hello } = exchange;
  return {
    name,
    frame: request.frame,
    wire: request.wire.toString('hex'),
    marked: placesOf(repeated.secret, request.wire),
    readBy: readersOf(exchange, repeated),
    decrypted: isDecrypted ? toServer.decrypted.toString('latin1') : undefined,
    hello: hello && {
      frame: hello.frame,
      wire: hello.wire.toString('hex'),
      marked: placesOf(hello.serverName, hello.wire),
    },
    visible: visibleOf(exchange, plain?.request.wire.length),
  };
}

/** What is visible of an exchange without reading it. */
function visibleOf(exchange: Exchange, inPlain: number | undefined): Way['visible'] {
  const { client, to, server, at, seconds, toServer, fromServer, request, hello, version } = exchange;
  const facts = [
    {
      what: 'Who',
      value: `${client} to ${to}, ${server === 'http' ? 'the HTTP server' : 'the echo server'}`,
    },
    { what: 'When', value: `${timeOf(at)}, for ${duration(seconds)}` },
  ];
  const howMuch = `${toServer.wire.length} bytes to the server, ${fromServer.wire.length} back`;
  if (version === undefined) {
    return [
      ...facts,
      { what: 'How much', value: howMuch },
      { what: 'Length', value: `${request.wire.length} bytes` },
    ];
  }
  const encrypted = request.wire.length - RECORD_HEADER;
  const more =
    inPlain !== undefined && encrypted > inPlain
      ? `: ${inPlain} of the request, ${encrypted - inPlain} of TLS`
      : '';
  return [
    ...facts,
    { what: 'How much', value: `${howMuch}, with the handshake` },
    { what: 'Length', value: `${encrypted} encrypted bytes${more}` },
    { what: 'Version', value: version },
    {
      what: 'Server name',
      value: hello ? `${hello.serverName}, in plain text in frame ${hello.frame}` : 'not sent by this client',
    },
  ];
}

/** To the millisecond, as `2026-11-22 01:29:41.424 UTC`. */
function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('T', ' ').replace('Z', ' UTC');
}

function startsWith(bytes: Buffer, text: string): boolean {
  return bytes.toString('latin1', 0, text.length) === text;
}

/** The byte offsets of the first occurrence of a text. */
function placesOf(text: string, bytes: Buffer): number[] {
  const start = bytes.indexOf(text);
  return start < 0 ? [] : Array.from({ length: Buffer.byteLength(text) }, (_, index) => start + index);
}

/** An answer without its date. */
function timeless(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/^Date: .*\r\n/im, '');
}
