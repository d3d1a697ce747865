/*
 * Requests that a machine of the network could send to the live view, as raw text: what a browser would send that somebody
 * misuses, and what no browser sends.
 */

export interface Intrusion {
  readonly what: string;
  readonly request: string;
  /** The statuses that refuse it. */
  readonly refused: readonly number[];
}

/** The address and port by which the live view is reached, and the cookies of its links. */
export interface Target {
  readonly host: string;
  readonly view: string;
  readonly control: string;
}

const READING = [
  '/',
  '/page/main.ts',
  '/events',
  '/packets',
  '/packets/1',
  '/filters?filter=tcp',
  '/controls',
];
const CHANGING = [
  ['POST', '/controls/faults', '{"server":"http","profile":"timeout=1"}'],
  ['POST', '/controls/wire', '{"up":{"loss":"1"}}'],
  ['POST', '/runs', '{"command":"balance","options":{}}'],
  ['DELETE', '/runs/1', ''],
  ['POST', '/sheet/answers', '{"question":"1","answer":"1"}'],
] as const;
/** What only the link with the controls reads. */
const PERSONAL = ['/sheet', '/sheet/results'];

function raw(
  start: string,
  headers: Readonly<Record<string, string>> | readonly string[],
  body = '',
): string {
  const lines = Array.isArray(headers)
    ? headers
    : Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const length = body === '' ? [] : ['content-type: application/json', `content-length: ${body.length}`];
  return `${[start, ...lines, ...length, 'connection: close'].join('\r\n')}\r\n\r\n${body}`;
}

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

/** Without a link nothing can be read, by any name and in any way. */
function withoutLink({ host }: Target): Intrusion[] {
  return [
    ...[...READING, ...PERSONAL].map((path) => ({
      what: `${path} without a link`,
      request: raw(`GET ${path} HTTP/1.1`, { host }),
      refused: [401],
    })),
    ...CHANGING.map(([method, path, body]) => ({
      what: `${method} ${path} without a link`,
      request: raw(`${method} ${path} HTTP/1.1`, { host, origin: `http://${host}` }, body),
      refused: [401],
    })),
    {
      what: 'a shell without a link',
      request: raw('GET /terminal/shell HTTP/1.1', { host, origin: `http://${host}`, ...upgrade }),
      refused: [401],
    },
    {
      what: 'a wrong key',
      request: raw(`GET /?key=${'x'.repeat(43)} HTTP/1.1`, { host }),
      refused: [401],
    },
  ];
}

/** The controls are not at the port of a class, whatever name the request has. */
function withControlsElsewhere({ host, control }: Target): Intrusion[] {
  const [key] = /(?<=wirelab-live-\d+=)[^;]+/.exec(control) ?? [];
  const [, port] = host.split(':');
  const cookie = control.replaceAll(/(?<=wirelab-live-)\d+/g, port!);
  const names = [host, `127.0.0.1:${port}`, `localhost:${port}`];
  return [
    ...names.flatMap((name) => [
      {
        what: `the link with the controls, by ${name}`,
        request: raw(`GET /?key=${key} HTTP/1.1`, { host: name }),
        refused: [403],
      },
      {
        what: `the cookie with the controls, by ${name}`,
        request: raw('GET /packets HTTP/1.1', { host: name, cookie }),
        refused: [401],
      },
    ]),
  ];
}

/** A viewer changes nothing. */
function asViewer({ host, view: cookie }: Target): Intrusion[] {
  const origin = `http://${host}`;
  const methods = ['OPTIONS', 'PUT', 'PATCH', 'TRACE', 'PROPFIND'];
  return [
    ...CHANGING.map(([method, path, body]) => ({
      what: `${method} ${path} by a viewer`,
      request: raw(`${method} ${path} HTTP/1.1`, { host, origin, cookie }, body),
      refused: [403],
    })),
    ...PERSONAL.map((path) => ({
      what: `${path} for a viewer`,
      request: raw(`GET ${path} HTTP/1.1`, { host, cookie }),
      refused: [403],
    })),
    ...methods.flatMap((method) =>
      CHANGING.map(([, path, body]) => ({
        what: `${method} ${path} by a viewer`,
        request: raw(`${method} ${path} HTTP/1.1`, { host, origin, cookie }, body),
        refused: [405],
      })),
    ),
    {
      what: 'CONNECT by a viewer',
      request: raw('CONNECT 10.0.28.182:8080 HTTP/1.1', { host, origin, cookie }),
      refused: [],
    },
    {
      what: 'a method in a header',
      request: raw('GET /controls/faults HTTP/1.1', { host, cookie, 'x-http-method-override': 'POST' }),
      refused: [404],
    },
    {
      what: 'a shell for a viewer',
      request: raw('GET /terminal/shell HTTP/1.1', { host, origin, cookie, ...upgrade }),
      refused: [403],
    },
    {
      what: 'a socket at the stream for a viewer',
      request: raw('GET /events HTTP/1.1', { host, origin, cookie, ...upgrade }),
      refused: [403],
    },
  ];
}

/** Names that somebody can give this address, and requests that have no name or two. */
function byOtherNames({ host, view: cookie }: Target): Intrusion[] {
  const [, port] = host.split(':');
  const names = [
    ...[`evil.example:${port}`, `${host}.evil.example`, `${host.split(':')[0]}.nip.io:${port}`],
    ...[`localhost.:${port}`, `127.1:${port}`, `2130706433:${port}`, `0x7f000001:${port}`],
    ...['::1', `[::1`, `[fe80::1%25eth0]:${port}`, `${host}:1`, `${host}, evil.example`, `evil@${host}`, ''],
  ];
  return [
    ...names.map((name) => ({
      what: `Host: ${name}`,
      request: raw('GET /packets HTTP/1.1', { host: name, cookie }),
      refused: [400, 421],
    })),
    {
      what: 'no Host',
      request: raw('GET /packets HTTP/1.0', { cookie }),
      refused: [421],
    },
    {
      what: 'no Host in HTTP/1.1',
      request: raw('GET /packets HTTP/1.1', { cookie }),
      refused: [400],
    },
    {
      what: 'two Hosts',
      request: raw('GET /packets HTTP/1.1', [`host: ${host}`, 'host: evil.example', `cookie: ${cookie}`]),
      refused: [400],
    },
    ...['http://evil.example/packets', `http://${host}/packets`, '*'].map((target) => ({
      what: `the target ${target}`,
      request: raw(`GET ${target} HTTP/1.1`, { host, cookie }),
      refused: [400],
    })),
  ];
}

/** Other pages in the browser of a viewer. */
function fromOtherPages({ host, view: cookie }: Target): Intrusion[] {
  const pages: readonly Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: `https://${host}` },
    { origin: `http://${host.split(':')[0]}:3000` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  return pages.map((page) => ({
    what: JSON.stringify(page),
    request: raw('GET /packets HTTP/1.1', { host, cookie, ...page }),
    refused: [403],
  }));
}

export function intrusions(target: Target): readonly Intrusion[] {
  return [withoutLink, withControlsElsewhere, asViewer, byOtherNames, fromOtherPages].flatMap((of) =>
    of(target),
  );
}
