import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openControl } from '#lib/control/control.ts';
import { parseProfile } from '#lib/faults/fault-profile.ts';
import { Faults } from '#lib/faults/faults.ts';
import type { WebParts } from './server.ts';
import { TestWeb } from './server-testing.ts';
import { packetOf } from './testing.ts';

const raw = { host: 'client', bytes: Buffer.from('a'), length: 1, linkType: 1, time: 1 } as const;

let folder: string;
let web: TestWeb;
const opened: { close(): void }[] = [];

async function start(own: Partial<WebParts> = {}): Promise<TestWeb> {
  const one = await new TestWeb(folder, own).listen();
  opened.push(one);
  return one;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  web = await start();
  web.feed.packets.push(...[1, 2, 3].map((id) => packetOf(id, {}, [{ ...raw }])));
  await mkdir(join(folder, 'page'));
  await writeFile(join(folder, 'page/index.html'), '<!doctype html><title>the page</title>');
  await writeFile(join(folder, 'config.ts'), 'export const secret = 1;');
});
afterEach(async () => {
  for (const one of opened.splice(0)) one.close();
  expect(web.errors).toEqual([]);
  await rm(folder, { recursive: true });
});

/** Everything that a page asks for. */
const READING = ['/events', '/packets', '/packets/1', '/filters?filter=tcp', '/controls'] as const;
const CHANGING = [
  ['POST', '/controls/faults'],
  ['POST', '/controls/wire'],
  ['POST', '/runs'],
  ['DELETE', '/runs/1'],
  ['POST', '/sheet/answers'],
] as const;
/** What only the page with the controls may read. */
const PERSONAL = ['/sheet', '/sheet/results'] as const;

const status = async (...args: Parameters<TestWeb['send']>) => {
  const response = await web.send(...args);
  response.destroy();
  return response.statusCode;
};

describe('a link', () => {
  test.each(['control', 'view'] as const)('of %s gives cookies and leads to the page', async (rights) => {
    // A redirect would not do: after a link on another page, a browser follows it without the new cookies.
    const { status, headers, body } = await web.ask('GET', `/?key=${web.tokens[rights]}`);
    expect(status).toBe(200);
    expect(body).toContain('<meta http-equiv="refresh" content="0; url=/">');
    const ending = 'HttpOnly; SameSite=Strict';
    const name = `wirelab-live-${web.port}=${web.tokens[rights]}`;
    expect(headers['set-cookie']).toEqual([
      `wirelab-page-${web.port}=${web.tokens.page}; Path=/; ${ending}`,
      ...['/events', '/packets', '/filters', '/controls', '/runs', '/sheet', '/terminal/shell'].map(
        (path) => `${name}; Path=${path}; ${ending}`,
      ),
    ]);
    const page = await web.ask('GET', '/', { cookie: web.cookieOf(web.tokens[rights]) });
    expect([page.status, page.body]).toEqual([200, '<!doctype html><title>the page</title>']);
  });

  test('that was typed leads to the page by a redirect, which keeps what follows # in the address', async () => {
    const { status, headers } = await web.ask('GET', `/?key=${web.tokens.view}`, {
      'sec-fetch-site': 'none',
    });
    expect([status, headers.location]).toEqual([303, '/']);
  });

  test('on a page of somebody else leads to the page too', async () => {
    const headers = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const answer = await web.ask('GET', `/?key=${web.tokens.view}`, headers);
    expect([answer.status, answer.headers['set-cookie']?.length]).toEqual([200, 8]);
  });

  test.each(['', 'x', 'x'.repeat(43), '<script>alert(1)</script>'])(
    'with the key %j says how to get another',
    async (key) => {
      const { status, headers, body } = await web.ask('GET', `/?key=${encodeURIComponent(key)}`);
      expect([status, headers['set-cookie']]).toEqual([401, undefined]);
      expect(body).toContain('make live');
      expect(body).not.toContain('script');
    },
  );

  describe('at the port of a class', () => {
    const hosts = () => [`127.0.0.1:${web.port}`, `127.0.0.1:${web.classPort}`, `lab.local:${web.classPort}`];
    beforeEach(async () => {
      web = await start({ reachable: { address: '0.0.0.0', names: ['lab.local'] } });
    });

    test('never gives the controls, whatever its Host', async () => {
      for (const host of hosts()) {
        const path = `/?key=${web.tokens.control}`;
        const refused = await web.ask('GET', path, { host }, '', web.classPort);
        expect([host, refused.status, refused.headers['set-cookie']]).toEqual([host, 403, undefined]);
        const cookie = web.cookieOf(web.tokens.control, host.split(':')[1]);
        for (const path of ['/packets', ...PERSONAL])
          expect([path, await status('GET', path, { host, cookie }, '', web.classPort)]).toEqual([path, 401]);
        const changing = { host, cookie, origin: `http://${host}`, 'content-type': 'application/json' };
        for (const [method, changed] of CHANGING)
          expect([changed, await status(method, changed, changing, '{}', web.classPort)]).toEqual([
            changed,
            401,
          ]);
      }
    });

    test('of a viewer works by each name', async () => {
      for (const host of hosts()) {
        const path = `/?key=${web.tokens.view}`;
        expect([host, await status('GET', path, { host }, '', web.classPort)]).toEqual([host, 200]);
        const cookie = web.cookieOf(web.tokens.view, host.split(':')[1]);
        expect([host, await status('GET', '/packets', { host, cookie }, '', web.classPort)]).toEqual([
          host,
          200,
        ]);
      }
    });

    test('has names that the port of the controls has not', async () => {
      for (const host of ['192.168.1.20:8088', `lab.local:${web.port}`])
        expect([host, await status('GET', '/', { host })]).toEqual([host, 421]);
    });
  });

  test('without a cookie there is no page, and nothing else', async () => {
    const { status: code, headers, body } = await web.ask('GET', '/');
    expect([code, headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
    expect(body).toContain('This page needs its link, which make live prints where the lab runs.');
    for (const path of [...READING, ...PERSONAL, '/page/main.ts', '/terminal/index.html'])
      expect([path, await status('GET', path)]).toEqual([path, 401]);
  });
});

describe('the cookie of the page', () => {
  test('opens the files of the page alone', async () => {
    const cookie = `wirelab-page-${web.port}=${web.tokens.page}`;
    expect(await status('GET', '/page/none.ts', { cookie })).toBe(404);
    for (const path of READING) expect([path, await status('GET', path, { cookie })]).toEqual([path, 401]);
    expect(await status('GET', '/packets', { cookie: web.cookieOf(web.tokens.page) })).toBe(401);
  });

  test.each(['/page/../config.ts', '/page/%2e%2e/config.ts', '/page/..%2fconfig.ts', '/page//etc/passwd'])(
    'does not open %s',
    async (path) => {
      const answer = await status('GET', path, { cookie: web.cookieOf(web.tokens.view) });
      expect([400, 404]).toContain(answer);
    },
  );

  test.each([
    ['/terminal/packages/xterm.mjs', 'text/javascript; charset=utf-8'],
    ['/terminal/packages/xterm.css', 'text/css; charset=utf-8'],
    ['/terminal/packages/addon-fit.mjs', 'text/javascript; charset=utf-8'],
  ])('opens %s, which is of a package', async (path, type) => {
    const cookie = `wirelab-page-${web.port}=${web.tokens.page}`;
    const answer = await web.ask('GET', path, { cookie });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type]);
  });

  test('opens the page of the terminal by its folder', async () => {
    await mkdir(join(folder, 'terminal'));
    await writeFile(join(folder, 'terminal', 'index.html'), '<!doctype html><title>Terminal</title>');
    const cookie = `wirelab-page-${web.port}=${web.tokens.page}`;
    expect((await web.ask('GET', '/terminal/', { cookie })).body).toContain('<title>Terminal');
    expect(await status('GET', '/terminal', { cookie })).toBe(404);
  });

  test('of another port counts for nothing', async () => {
    const cookie = web.cookieOf(web.tokens.view, 1);
    expect(await status('GET', '/packets', { cookie })).toBe(401);
  });

  test('counts among others of its name', async () => {
    const cookie = `a=b; wirelab-live-${web.port}=old; ${web.cookieOf(web.tokens.view)}`;
    expect(await status('GET', '/packets', { cookie })).toBe(200);
  });
});

describe('a viewer', () => {
  test('reads everything', async () => {
    const cookie = web.cookieOf(web.tokens.view);
    for (const path of READING) expect([path, await status('GET', path, { cookie })]).toEqual([path, 200]);
  });

  test.each([...CHANGING, ...PERSONAL.map((path) => ['GET', path] as const)])(
    'may not %s %s',
    async (method, path) => {
      const headers = {
        ...web.controlling,
        cookie: web.cookieOf(web.tokens.view),
        'content-type': 'application/json',
      };
      const { status, body } = await web.ask(method, path, headers, '{}');
      expect(status).toBe(403);
      expect(JSON.parse(body)).toEqual({
        problems: ['this link only looks; the link with the controls is printed by make live'],
      });
    },
  );
});

describe('a request of somebody else', () => {
  test.each([
    ['a foreign Host', { host: 'evil.example:8088' }, 421],
    ['the address of a container as Host', { host: '172.20.0.2:8088' }, 421],
    ['a foreign Origin', { origin: 'http://evil.example' }, 403],
    ['the Origin of another port', { origin: 'http://127.0.0.1:3000' }, 403],
    ['the Origin of a file', { origin: 'null' }, 403],
    ['TLS in its Origin', { origin: 'https://HOST' }, 403],
    ['a page of another site', { origin: '', 'sec-fetch-site': 'cross-site' }, 403],
    ['a page of another port', { origin: '', 'sec-fetch-site': 'same-site' }, 403],
    [
      'a page that shows this one in a frame',
      {
        origin: '',
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'iframe',
      },
      403,
    ],
  ])('with %s gets nothing, whatever its cookie', async (_what, own, expected) => {
    const { origin = '', ...others }: Record<string, string> = own;
    const headers = {
      ...{ cookie: web.cookieOf(web.tokens.control), ...others },
      ...(origin !== '' && { origin: origin.replace('HOST', web.host) }),
    };
    for (const path of ['/', ...READING, ...PERSONAL])
      expect([path, await status('GET', path, headers)]).toEqual([path, expected]);
    for (const [method, path] of CHANGING) {
      const json = { ...headers, 'content-type': 'application/json' };
      expect([path, await status(method, path, json, '{}')]).toEqual([path, expected]);
    }
  });

  test.each(['OPTIONS', 'PUT', 'PATCH', 'TRACE', 'PROPFIND'])('by %s gets nothing', async (method) => {
    for (const path of ['/', ...READING, ...CHANGING.map(([, changed]) => changed), '/terminal/shell']) {
      const answer = await web.ask(method, path, web.controlling);
      expect([path, answer.status, answer.headers.allow]).toEqual([path, 405, undefined]);
    }
  });

  test.each(['http://evil.example/packets', 'http://127.0.0.1/packets', 'packets', '*'])(
    'for the target %s gets nothing',
    async (target) => {
      expect(await status('GET', target, web.controlling)).toBe(400);
    },
  );

  test('with two Hosts gets nothing', async () => {
    const headers = ['Host', web.host, 'Host', 'evil.example', 'Cookie', web.controlling.cookie!];
    const asked = request({ port: web.port, host: '127.0.0.1', path: '/packets', headers, agent: false });
    const [response] = await once(asked.end(), 'response');
    response.destroy();
    expect(response.statusCode).toBe(400);
  });

  test('may be a link to the page, and to nothing else', async () => {
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const headers = { ...link, cookie: web.cookieOf(web.tokens.view) };
    expect(await status('GET', '/', headers)).toBe(200);
    expect(await status('GET', '/packets', headers)).toBe(403);
  });

  test.each(CHANGING)('without an Origin may not %s %s', async (method, path) => {
    const { origin, ...headers } = web.controlling;
    expect(await status(method, path, { ...headers, 'content-type': 'application/json' }, '{}')).toBe(403);
  });

  test.each([undefined, 'text/plain', 'application/x-www-form-urlencoded'])(
    'with the type %s is no change',
    async (type) => {
      const headers = { ...web.controlling, ...(type && { 'content-type': type }) };
      expect(await status('POST', '/controls/faults', headers, '{"server":"http"}')).toBe(415);
    },
  );
});

describe('an answer', () => {
  test.each(['/', '/packets', '/page/none.ts'])('for %s lets nothing in from elsewhere', async (path) => {
    const { headers } = await web.ask('GET', path);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .*; frame-ancestors 'none'$/),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  test('for the terminal may be in a frame of the page', async () => {
    const { headers } = await web.ask('GET', '/terminal/index.html');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'self'");
  });

  test.each([
    ['GET', '/none', 404, 'GET /none is not known'],
    ['GET', '/packets/9', 404, 'packet 9 is not kept'],
    ['GET', '/packets/x', 400, 'id: allowed: a whole number from 1 to 9007199254740991'],
    ['GET', '/packets?count=0', 400, 'count: allowed: a whole number from 1 to 2000'],
    ['GET', '/packets?count=1&count=2', 400, expect.stringContaining('count: ')],
    ['GET', '/packets/1?host=wire', 400, 'host: allowed: server, client'],
    ['GET', '/packets?filter=x', 400, 'filter is "x"; "x" is neither a field nor a protocol name.'],
    [
      'GET',
      '/events?filter=tcp.stream',
      400,
      expect.stringContaining('tcp.stream counts what the live view'),
    ],
    ['GET', '/events?filter=x', 400, 'filter is "x"; "x" is neither a field nor a protocol name.'],
    ['DELETE', '/runs/1', 404, 'run 1 does not run'],
    ['POST', '/controls/faults', 400, expect.stringContaining('server: ')],
    ['POST', '/controls/wire', 400, expect.stringContaining('Invalid key')],
    ['POST', '/runs', 400, expect.stringContaining('command: ')],
  ])('for %s %s names the problem', async (method, path, code, problem) => {
    const body = method === 'POST' ? { unknown: 1 } : undefined;
    const answer = await web.control(method, path, body);
    expect([answer.status, (answer.body as { problems: string[] }).problems[0]]).toEqual([code, problem]);
  });

  test('for a body that is too long, or no JSON', async () => {
    const headers = { ...web.controlling, 'content-type': 'application/json' };
    const long = await web.ask('POST', '/runs', headers, `"${'x'.repeat(410_000)}"`);
    expect([long.status, JSON.parse(long.body)]).toEqual([
      413,
      { problems: ['the body has 410002 bytes; allowed: up to 409600'] },
    ]);
    const broken = await web.ask('POST', '/runs', headers, '{');
    expect([broken.status, broken.body]).toEqual([400, expect.stringContaining('the body is no JSON: ')]);
  });

  test.each(['x', '"', '\u0001'])('lets the longest text of %j through', async (letter) => {
    const body = { command: 'echo', options: { MSG: letter.repeat(65_536) } };
    expect((await web.control('POST', '/runs', body)).status).toBe(503);
  });
});

describe('packets', () => {
  const ids = async (path: string) =>
    JSON.parse((await web.ask('GET', path, web.controlling)).body).map(({ id }: { id: number }) => id);

  test('are the newest ones, or those before or after one, that match a filter if there is one', async () => {
    expect(await ids('/packets')).toEqual([1, 2, 3]);
    expect(await ids('/packets?before=3&count=1')).toEqual([2]);
    expect(await ids('/packets?after=1')).toEqual([2, 3]);
    expect(await ids('/packets?after=1&count=1')).toEqual([2]);
    expect(await ids('/packets?filter=tcp')).toEqual([2]);
    expect(await ids('/packets?filter=tcp&after=0')).toEqual([2]);
    expect(await ids('/packets?filter=tcp&after=2')).toEqual([]);
    expect((await web.control('GET', '/packets?before=3&after=1')).body).toEqual({
      problems: ['before and after are both given; allowed: one of them'],
    });
  });

  test('have details', async () => {
    web.feed.packets.push(packetOf(4, { frames: { client: 9 } }, [raw]));
    const { body } = await web.control('GET', '/packets/4?host=client');
    expect(body).toMatchObject({
      packet: { id: 4 },
      host: 'client',
      layers: [{ label: 'Frame 9' }],
      secrets: [],
    });
  });

  test('a filter is checked and completed while it is typed', async () => {
    const check = async (filter: string) =>
      (await web.control('GET', `/filters?filter=${encodeURIComponent(filter)}`)).body;
    const tcp = { field: 'tcp', name: 'TCP' };
    expect(await check('')).toEqual({ completions: [] });
    expect(await check('udp or tcp')).toEqual({ completions: [tcp, { field: 'tcp.port', name: 'Port' }] });
    expect(await check('x == "tcp"')).toEqual({
      problem: '"x" is neither a field nor a protocol name.',
      completions: [],
    });
    expect(await check('a'.repeat(501))).toEqual({
      problem: 'allowed: up to 500 characters',
      completions: [],
    });
  });
});

describe('the controls', () => {
  const names = { noun: 'outcome', faults: ['403'], rest: '200' } as const;
  let faults: Faults<'403' | '200'>;

  beforeEach(async () => {
    faults = new Faults('http', names, { profile: parseProfile('403=0.1', names).profile!, seed: 'alice' });
    opened.push(
      await openControl(join(folder, 'http.sock'), {
        faults: { status: () => [faults.status()], change: async (change) => faults.prepare(change)() },
      }),
    );
  });

  test('show the programs that run', async () => {
    expect(await web.control('GET', '/controls')).toEqual({
      status: 200,
      body: { faults: [faults.status()] },
    });
    const status = { address: '10.0.77.1', seed: 'a' };
    opened.push(await openControl(join(folder, 'wire.sock'), { calls: { 'GET /wire': () => status } }));
    expect((await web.control('GET', '/controls')).body).toMatchObject({ wire: status });
  });

  test('change the faults of a server', async () => {
    const body = { server: 'http', profile: '403=1', seed: 'bob' };
    const answer = await web.control('POST', '/controls/faults', body);
    expect(answer).toEqual({ status: 200, body: [faults.status()] });
    expect(faults.status()).toMatchObject({ profile: '403=1', seed: 'bob' });
  });

  test('pass on what the program refuses', async () => {
    const answer = await web.control('POST', '/controls/faults', { server: 'http', profile: 'lost=1' });
    expect(answer).toEqual({
      status: 400,
      body: { problems: [expect.stringMatching(/^profile: "lost=1"/)] },
    });
  });

  test('change the wire', async () => {
    const got: unknown[] = [];
    const calls = { 'POST /wire': (body: string) => ({ seed: got.push(JSON.parse(body)) }) };
    opened.push(await openControl(join(folder, 'wire.sock'), { calls }));
    const change = { up: { loss: '0.1' }, down: {}, reset: true };
    expect((await web.control('POST', '/controls/wire', change)).status).toBe(200);
    expect(got).toEqual([change]);
  });

  test('name a program that accepts and does not answer', async () => {
    const silent = createServer();
    await once(silent.listen(join(folder, 'wire.sock')), 'listening');
    opened.push({
      close() {
        silent.close();
        silent.closeAllConnections();
      },
    });
    silent.once('request', () => web.rings.findLast(({ milliseconds }) => milliseconds === 10_000)!.ring());
    expect(await web.control('POST', '/controls/wire', { reset: true })).toEqual({
      ...{ status: 503, body: { problems: ['the wire has not answered for 10 s'] } },
    });
  });

  test.each([
    ['/controls/faults', { server: 'echo' }, 'the echo server does not run'],
    ['/controls/wire', { reset: true }, 'the wire does not run'],
  ])('at %s name a program that does not run', async (path, body, problem) => {
    expect(await web.control('POST', path, body)).toEqual({ status: 503, body: { problems: [problem] } });
  });
});

describe('the terminal', () => {
  /** What the shell got: the path and headers of its handshakes. */
  let handshakes: { url: string | undefined; headers: Record<string, unknown> }[];
  let shell: Server;

  beforeEach(async () => {
    handshakes = [];
    shell = createServer().on('upgrade', ({ url, headers }, socket) => {
      handshakes.push({ url, headers });
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nx-shell: 1\r\n\r\n$ ',
      );
      socket.on('data', (bytes: Buffer) => socket.write(`you typed ${bytes}`)).on('error', () => undefined);
    });
    await once(shell.listen(join(folder, 'remote.sock')), 'listening');
    opened.push({ close: () => shell.close() });
  });

  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'a',
    'sec-websocket-version': '13',
  };
  const dial = async (headers: Record<string, string>, path = '/terminal/shell', port = web.port) => {
    const options = {
      port,
      host: '127.0.0.1',
      path,
      headers: { ...upgrade, ...headers },
      agent: false,
    };
    const { promise, resolve } = Promise.withResolvers<{ status?: number; socket?: Duplex; head?: Buffer }>();
    request(options)
      .once('upgrade', (response, socket, head) => resolve({ status: response.statusCode!, socket, head }))
      .once('response', (response) => {
        response.resume().once('close', () => resolve({ status: response.statusCode! }));
      })
      .once('error', () => resolve({}))
      .end();
    return promise;
  };

  test('is connected with the shell, which gets no cookie', async () => {
    const { status, socket, head } = await dial(web.controlling);
    expect([status, String(head)]).toEqual([101, '$ ']);
    socket!.write('ls');
    expect(String((await once(socket!, 'data'))[0])).toBe('you typed ls');
    expect(handshakes).toEqual([
      { url: '/shell', headers: expect.objectContaining({ 'sec-websocket-key': 'a', upgrade: 'websocket' }) },
    ]);
    expect(handshakes[0]!.headers.cookie).toBeUndefined();
    socket!.destroy();
  });

  test.each([
    ['without a cookie', { cookie: '' }, 401],
    ['for a viewer', { cookie: 'VIEW' }, 403],
    ['for a foreign Origin', { origin: 'http://evil.example' }, 403],
    ['without an Origin', { origin: '' }, 403],
    ['for a foreign Host', { host: 'evil.example' }, 421],
  ])('is not there %s', async (_what, own, expected) => {
    const headers: Record<string, string> = { ...web.controlling, ...own };
    if (headers.cookie === 'VIEW') headers.cookie = web.cookieOf(web.tokens.view);
    for (const name of ['cookie', 'origin']) if (headers[name] === '') delete headers[name];
    expect((await dial(headers)).status).toBe(expected);
    expect(handshakes).toEqual([]);
  });

  test('is not at the port of a class, whatever the Host', async () => {
    for (const port of [web.port, web.classPort]) {
      const host = `127.0.0.1:${port}`;
      const cookie = web.cookieOf(web.tokens.control, port);
      const headers = { host, cookie, origin: `http://${host}` };
      expect((await dial(headers, '/terminal/shell', web.classPort)).status).toBe(401);
    }
    expect(handshakes).toEqual([]);
  });

  test('is at its path alone, and not when it is off', async () => {
    expect((await dial(web.controlling, '/events')).status).toBe(404);
    web = await start({ hasTerminal: false });
    expect((await dial(web.controlling)).status).toBe(403);
  });

  test.each(['', 'cookie: COOKIE\r\norigin: ORIGIN\r\n'])(
    'is refused with %j, and the connection ends though the other end keeps it open',
    async (given) => {
      shell.close();
      await rm(join(folder, 'remote.sock'), { force: true });
      const own = given.replace('COOKIE', web.controlling.cookie!).replace('ORIGIN', web.controlling.origin!);
      const handshake = Object.entries(upgrade).map(([name, value]) => `${name}: ${value}\r\n`);
      const socket = connect({ port: web.port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => undefined);
      socket.write(`GET /terminal/shell HTTP/1.1\r\nhost: ${web.host}\r\n${own}${handshake.join('')}\r\n`);
      expect(await text(socket)).toMatch(/^HTTP\/1.1 (?:403|503) /);
      while ((await web.connections()) > 0) await new Promise(setImmediate);
      socket.destroy();
    },
  );

  test('is given up when the client host accepts and does not answer', async () => {
    shell.removeAllListeners('upgrade').on('upgrade', (_request, socket: Duplex) => {
      socket.on('error', () => undefined);
      const { ring } = web.rings.find(({ milliseconds }) => milliseconds === 10_000)!;
      ring();
    });
    expect((await dial(web.controlling)).status).toBe(503);
  });

  test('is closed when the client host does not answer', async () => {
    shell.close();
    await rm(join(folder, 'remote.sock'), { force: true });
    expect((await dial(web.controlling)).status).toBe(503);
  });
});
