import { duration } from '#lib/text/figures.ts';
import { RECORD_HEADER } from '#lib/tls/record.ts';
import type { Exchange } from './exchange.ts';
import type { ThreeWays, Way, WayName } from './results.ts';

/** What setup/demo.sh says, plain, over TLS, and over TLS with keys kept. */
export const secrets = {
  login: { user: 'student', password: 'correct-horse' },
  message: 'The exam is on Monday',
} as const;

/** One thing that is said three times. */
interface Secret {
  readonly what: string;
  readonly server: 'http' | 'echo';
  readonly begins: string;
  /** What nobody on the way should read, as it stands on the wire. */
  readonly secret: string;
  /** The secret as a person reads it. */
  readonly reads: string;
  readonly note?: string;
}

const { user, password } = secrets.login;
const credentials = Buffer.from(`${user}:${password}`).toString('base64');

const all: readonly Secret[] = [
  {
    what: 'A login',
    server: 'http',
    begins: 'GET /login ',
    secret: credentials,
    reads: `${user}:${password}`,
    note: 'It goes over the wire as base64, which is no encryption: anybody turns it back.',
  },
  {
    what: 'A message',
    server: 'echo',
    begins: secrets.message,
    secret: secrets.message,
    reads: secrets.message,
  },
];

/** Who reads it, of the three in their order. */
const readers = {
  everybody: 'everybody on the way reads',
  'key holders': 'only who has them reads',
  nobody: 'nobody reads',
} as const satisfies Record<Way['readBy'], string>;

/** What an eavesdropper reads of the same exchange, said three ways. */
export function threeWaysOf(exchanges: readonly Exchange[]): ThreeWays[] {
  return all.map((said) => compare(said, exchanges));
}

function compare(said: Secret, exchanges: readonly Exchange[]): ThreeWays {
  const own = exchanges.filter(({ server }) => server === said.server);
  const plain = own.find(({ overTls, toServer }) => !overTls && startsWith(toServer.wire, said.begins));
  const sealed = own.find(({ overTls, opened }) => overTls && !opened);
  const opened = own.find((exchange) => exchange.opened && startsWith(exchange.toServer.inside, said.begins));
  const found: readonly (readonly [WayName, Exchange | undefined])[] = [
    ['plain text', plain],
    ['TLS', sealed],
    ['TLS, and its keys', opened],
  ];
  const seen = found.map(([name, exchange]) => {
    if (!exchange) return `${name}: not in the capture`;
    return `${name}: ${readers[readersOf(exchange, said)]} frame ${exchange.request.frame}`;
  });
  const three = plain && sealed && opened && { plain, sealed, opened };
  const wrong = three ? differences(three) : [];
  return {
    what: said.what,
    agrees:
      three !== undefined &&
      wrong.length === 0 &&
      Object.values(three).every((exchange) => exposes(exchange, said) === !exchange.overTls),
    seen: [...seen, ...wrong].join('; '),
    secret: said.secret,
    reads: said.reads,
    note: said.note,
    ways: found.flatMap(([name, exchange]) => (exchange ? [wayOf(name, exchange, { said, plain })] : [])),
  };
}

interface Three {
  readonly plain: Exchange;
  readonly sealed: Exchange;
  readonly opened: Exchange;
}

/** What keeps the three from being the same exchange. */
function differences({ plain, sealed, opened }: Three): string[] {
  const same: readonly (readonly [boolean, string])[] = [
    [plain.fromServer.wire.length > 0, 'nothing was answered in plain text'],
    [
      opened.toServer.inside.equals(plain.toServer.wire),
      'what the keys open is not what was said in plain text',
    ],
    [
      timeless(opened.fromServer.inside) === timeless(plain.fromServer.wire),
      'the server answered something else',
    ],
    // All that is to be seen of the one without keys is its size.
    [
      sealed.request.wire.length === opened.request.wire.length,
      'the record without keys has another length than that with them',
    ],
  ];
  return same.flatMap(([holds, what]) => (holds ? [] : [what]));
}

function exposes({ toServer, fromServer }: Exchange, { secret, reads }: Secret): boolean {
  return [toServer, fromServer].some(({ wire }) => wire.includes(secret) || wire.includes(reads));
}

function readersOf(exchange: Exchange, said: Secret): Way['readBy'] {
  if (exposes(exchange, said)) return 'everybody';
  return exchange.opened ? 'key holders' : 'nobody';
}

function wayOf(
  name: WayName,
  exchange: Exchange,
  { said, plain }: { readonly said: Secret; readonly plain: Exchange | undefined },
): Way {
  const { request, toServer, opened, hello } = exchange;
  return {
    name,
    frame: request.frame,
    wire: request.wire.toString('hex'),
    marked: placesOf(said.secret, request.wire),
    readBy: readersOf(exchange, said),
    opened: opened ? toServer.inside.toString('latin1') : undefined,
    hello: hello && {
      frame: hello.frame,
      wire: hello.wire.toString('hex'),
      marked: placesOf(hello.serverName, hello.wire),
    },
    outside: outsideOf(exchange, plain?.request.wire.length),
  };
}

/** What can be told without reading it. */
function outsideOf(exchange: Exchange, inPlain: number | undefined): Way['outside'] {
  const { client, to, server, at, seconds, toServer, fromServer, request, hello, version } = exchange;
  const facts = [
    { what: 'Who', is: `${client} to ${to}, ${server === 'http' ? 'the HTTP server' : 'the echo server'}` },
    { what: 'When', is: `${timeOf(at)}, for ${duration(seconds)}` },
  ];
  const howMuch = `${toServer.wire.length} bytes to the server, ${fromServer.wire.length} back`;
  if (version === undefined) {
    return [
      ...facts,
      { what: 'How much', is: howMuch },
      { what: 'Length', is: `${request.wire.length} bytes` },
    ];
  }
  const sealed = request.wire.length - RECORD_HEADER;
  const more =
    inPlain !== undefined && sealed > inPlain ? `: the ${inPlain} and ${sealed - inPlain} of TLS` : '';
  return [
    ...facts,
    { what: 'How much', is: `${howMuch}, with the handshake` },
    { what: 'Length', is: `${sealed} bytes sealed${more}` },
    { what: 'Version', is: version },
    {
      what: 'Server name',
      is: hello ? `${hello.serverName}, in plain text in frame ${hello.frame}` : 'this client names none',
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

/** Where a text stands first, each byte of it. */
function placesOf(text: string, bytes: Buffer): number[] {
  const start = bytes.indexOf(text);
  return start < 0 ? [] : Array.from({ length: Buffer.byteLength(text) }, (_, index) => start + index);
}

/** What two answers at different times have in common. */
function timeless(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/^Date: .*\r\n/im, '');
}
