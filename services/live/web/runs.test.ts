import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Runs } from './runs.ts';
import type { LiveEvent } from './streams/message.ts';

let folder: string;
let remote: Server;
/** The commands that the client host was asked for, with their answers. */
let asked: { readonly body: unknown; readonly response: ServerResponse }[];
let events: LiveEvent[];
let rings: (() => void)[];
/** How long something waits now, in ms. */
let times: number[];
/** The paths of the runs that the client host was asked to end. */
let ending: string[];
let runs: Runs;
let ended: PromiseWithResolvers<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  asked = [];
  events = [];
  rings = [];
  times = [];
  ending = [];
  ended = Promise.withResolvers();
  remote = createServer(async (request, response) => {
    if (request.method === 'DELETE') {
      ending.push(request.url!);
      response.writeHead(204).end();
      return;
    }
    const body = (await json(request)) as { options: { COUNT?: string; MSG?: string } };
    asked.push({ body, response });
    if (body.options.COUNT === '0')
      response.writeHead(400).end(JSON.stringify({ problems: ['COUNT is "0"; allowed: 1 to 9'] }));
    else if (body.options.MSG !== 'silence')
      response.writeHead(200, { location: `/runs/${asked.length + 6}` }).flushHeaders();
  });
  await once(remote.listen(join(folder, 'remote.sock')), 'listening');
  runs = new Runs({
    socket: join(folder, 'remote.sock'),
    emit(event) {
      events.push(event);
      if (event.name === 'ended') ended.resolve();
    },
    timer: (milliseconds, ring) => {
      rings.push(ring);
      times.push(milliseconds);
      return () => {
        const at = rings.indexOf(ring);
        if (at < 0) return;
        rings.splice(at, 1);
        times.splice(at, 1);
      };
    },
    now: () => 7,
  });
});
afterEach(async () => {
  runs.close();
  remote.close();
  remote.closeAllConnections();
  await rm(folder, { recursive: true });
});

const echo = { command: 'echo', options: { MSG: 'it\'s "a" b', TLS: '1' } } as const;
const typed = `make echo MSG='it'\\''s "a" b' TLS=1`;
const say = (...lines: readonly object[]) =>
  asked.at(-1)!.response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
const until = async (true_: () => boolean) => {
  while (!true_()) await new Promise(setImmediate);
};

describe('a command', () => {
  test('runs in the client host, and all pages see its lines', async () => {
    const run = await runs.start(echo);
    expect(run).toEqual({ run: 1, command: 'echo', typed, time: 7 });
    expect(asked[0]!.body).toEqual(echo);
    say({ line: 'one' }, { line: 'two' });
    await until(() => rings.length > 0);
    rings[0]!();
    say({ line: 'é' }, { code: 3 });
    asked[0]!.response.end();
    await ended.promise;
    expect(events).toEqual([
      { name: 'started', data: run },
      { name: 'printed', data: { run: 1, time: 7, first: 1, lines: ['one', 'two'] } },
      { name: 'printed', data: { run: 1, time: 7, first: 3, lines: ['é'] } },
      { name: 'ended', data: { run: 1, code: 3 } },
    ]);
    expect(runs.state()).toEqual({ runs: [], ended: [{ run: 1, code: 3 }] });
  });

  test('that prints much is told in parts', async () => {
    await runs.start(echo);
    say(...Array.from({ length: 450 }, (_, line) => ({ line: `${line}` })), { code: 0 });
    asked[0]!.response.end();
    await ended.promise;
    const parts = events.flatMap(({ name, data }) => (name === 'printed' ? data.lines.length : []));
    expect(parts).toEqual([200, 200, 50]);
  });

  test('ends when a page says so, with its last lines and its own code', async () => {
    await runs.start(echo);
    expect([runs.end(1), runs.end(1), runs.end(2)]).toEqual([true, true, false]);
    await until(() => ending.length > 0);
    say({ line: 'interrupted' }, { code: 7 });
    asked[0]!.response.end();
    await ended.promise;
    expect(ending).toEqual(['/runs/7']);
    expect(events.slice(1)).toEqual([
      { name: 'printed', data: { run: 1, time: 7, first: 1, lines: ['interrupted'] } },
      { name: 'ended', data: { run: 1, code: 7 } },
    ]);
    expect([runs.end(1), rings]).toEqual([false, []]);
  });

  test('is cut off when the client host does not end it, which then ends it as Ctrl-C does', async () => {
    await runs.start(echo);
    const closed = once(asked[0]!.response, 'close');
    runs.end(1);
    expect(times).toEqual([10_000]);
    rings[0]!();
    await Promise.all([closed, ended.promise]);
    expect(events.at(-1)).toEqual({ name: 'ended', data: { run: 1, code: 130 } });
  });

  test.each([
    ['a line that is no JSON', 'nonsense\n'],
    ['a line of another kind', '{"lines":1}\n'],
    ['a line without an end', `"${'x'.repeat(500_000)}`],
  ])('ends at %s', async (_what, text) => {
    await runs.start(echo);
    asked[0]!.response.write(text);
    await ended.promise;
    expect(events.at(-1)).toEqual({ name: 'ended', data: { run: 1, code: 130 } });
  });

  test('is known to a page that connects while it runs', async () => {
    const run = await runs.start(echo);
    say(...Array.from({ length: 500 }, (_, line) => ({ line: `${line + 1}` })));
    await until(() => rings.length > 0);
    rings[0]!();
    const [{ printed, ...known } = { printed: [] }] = runs.state().runs;
    expect(known).toEqual(run);
    expect(printed.map(({ first, lines }) => [first, lines.length, lines[0]])).toEqual([
      [201, 200, '201'],
      [401, 100, '401'],
    ]);
  });
});

describe('no command', () => {
  test('runs when the client host refuses it', async () => {
    const refused = runs.start({ command: 'send', options: { COUNT: '0' } });
    await expect(refused).rejects.toMatchObject({ status: 400, problems: ['COUNT is "0"; allowed: 1 to 9'] });
    expect(events).toEqual([]);
  });

  test('runs when the client host does not answer', async () => {
    await rm(join(folder, 'remote.sock'));
    await expect(runs.start(echo)).rejects.toMatchObject({
      status: 503,
      problems: ['no command can run: the client host does not answer'],
    });
  });

  test('runs when the client host accepts and stays silent', async () => {
    const silent = runs.start({ command: 'echo', options: { MSG: 'silence' } });
    const refused = expect(silent).rejects.toMatchObject({
      status: 503,
      problems: ['no command can run: the client host has not answered for 10 s'],
    });
    await until(() => asked.length > 0);
    rings[0]!();
    await refused;
  });

  test.each([
    [undefined],
    [{ command: 'rm', options: {} }],
    [{ command: 'echo' }],
    [{ command: 'echo', options: { '--message': 'a' } }],
    [{ command: 'echo', options: { MSG: 1 } }],
    [{ command: 'echo', options: {}, user: 'root' }],
  ])('is %j', async (body) => {
    await expect(runs.start(body)).rejects.toThrow();
    expect(asked).toEqual([]);
  });
});
