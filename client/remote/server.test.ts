import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../tests/eventually.ts';
import { MOST_RUNS, Runs } from './runs.ts';
import { openRemote } from './server.ts';
import { useRemote } from './testing.ts';

const WITHIN_MS = 20_000;
const servers = { address: '10.0.28.182', ports: { http: 1, https: 2, echo: 3, echoTls: 4, flow: 5 } };
const balance = JSON.stringify({ command: 'balance', options: { REQUESTS: '2' } });

/** In the place of the client: a script of the shell, which a test sets. */
let script = '';
const remote = useRemote((timer) => ({
  runs: new Runs({
    client: ['sh', '-c', 'eval "$SCRIPT"', 'client'],
    servers,
    environment: {
      PATH: process.env.PATH,
      get SCRIPT() {
        return script;
      },
    },
    timer,
    seconds: 600,
  }),
  shells: undefined,
  timer,
}));

/** The lines of an answer as they come. */
function linesOf(response: IncomingMessage): AsyncIterator<string> {
  return createInterface({ input: response })[Symbol.asyncIterator]();
}

const next = async (lines: AsyncIterator<string>) => JSON.parse((await lines.next()).value);
const isThere = (id: number) => {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
};

async function run(asked = balance) {
  const { status, body } = await remote.answer('POST', '/runs', asked);
  expect(status).toBe(200);
  return body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('a command', () => {
  test('is answered with its lines and its exit code', async () => {
    script = 'printf "%s " "$@"; printf "\\nlast"; exit 3';
    expect(await run()).toEqual([
      { line: 'balance 10.0.28.182 1 --requests 2 ' },
      { line: 'last' },
      { code: 3 },
    ]);
  });

  test('knows how make calls its options', async () => {
    script = 'echo "$LAB_OPTION_NAMES"';
    const [{ line }] = await run();
    expect(line).toBe(
      '--tls=TLS --insecure=INSECURE --requests=REQUESTS --timeout=TIMEOUT --interval=INTERVAL',
    );
  });

  test('has what it prints as errors too, and nothing on its standard input', async () => {
    script = 'cat; echo wrong >&2';
    expect(await run()).toEqual([{ line: 'wrong' }, { code: 0 }]);
  });

  test('that a signal has ended has the exit code of a shell', async () => {
    script = 'kill -9 $$';
    expect(await run()).toEqual([{ code: 137 }]);
  });

  test('is answered while it runs, and ends as by Ctrl-C when the connection is closed', async () => {
    const ended = join(remote.folder, 'ended');
    script = `trap 'echo >"${ended}"; exit 130' INT; echo begun; while :; do sleep 0.05; done`;
    const response = await remote.ask('POST', '/runs', balance);
    expect(await next(linesOf(response))).toEqual({ line: 'begun' });
    response.destroy();
    await eventually('the end of the program', WITHIN_MS, () => existsSync(ended));
  });

  test('ends by force with its children when it does not end', async () => {
    script = `trap '' INT; sleep 1000 & echo $$; echo $!; wait; wait`;
    const response = await remote.ask('POST', '/runs', balance);
    const lines = linesOf(response);
    const ids = [Number((await next(lines)).line), Number((await next(lines)).line)];
    response.destroy();
    await eventually('a wait for its end', WITHIN_MS, () => remote.time.times.includes(5_000));
    expect(ids.map(isThere)).toEqual([true, true]);
    remote.time.ring(5_000);
    await eventually('the end of both', WITHIN_MS, () => !ids.some(isThere));
  });

  test('ends when it has taken too long, and has a line that names the setting', async () => {
    script = `trap 'echo interrupted; exit 130' INT; echo begun; while :; do sleep 0.05; done`;
    const lines = linesOf(await remote.ask('POST', '/runs', balance));
    expect(await next(lines)).toEqual({ line: 'begun' });
    remote.time.ring(600_000);
    expect(await next(lines)).toEqual({ line: 'error: ended after 600 s, LIVE_RUN_SECONDS' });
    expect(await next(lines)).toEqual({ line: 'interrupted' });
    expect(await next(lines)).toEqual({ code: 130 });
  });

  test('that prints more than its reader takes at once loses no line', async () => {
    script = 'i=0; while [ $i -lt 20000 ]; do printf "%0200d\\n" $i; i=$((i+1)); done';
    const lines = await run();
    expect(lines).toHaveLength(20_001);
    expect(Number(lines.at(-2).line)).toBe(19_999);
  });
});

test('only a few commands run at once', async () => {
  script = `trap 'exit 0' INT; echo begun; while :; do sleep 0.05; done`;
  const running = await Promise.all(
    Array.from({ length: MOST_RUNS }, () => remote.ask('POST', '/runs', balance)),
  );
  const refused = await remote.answer('POST', '/runs', balance);
  expect(refused).toEqual({
    status: 429,
    body: JSON.stringify({
      problems: ['4 commands run already, and more are not allowed; end one, or wait'],
    }),
  });
  running[0]!.destroy();
  script = 'exit 0';
  await eventually(
    'a place',
    WITHIN_MS,
    async () => (await remote.answer('POST', '/runs', balance)).status === 200,
  );
  for (const response of running) response.destroy();
});

describe('a request is refused', () => {
  test.each([
    [
      'POST',
      '/runs',
      '{"command":"flow","options":{"MB":"x"}}',
      400,
      'MB is "x"; allowed: a whole number from 1 to 10000',
    ],
    ['POST', '/runs', 'x'.repeat(2 ** 20 + 1), 413, 'the body is too long; allowed: 1048576 bytes'],
    ['GET', '/runs', undefined, 404, 'GET /runs is not known'],
    ['POST', '/etc/passwd', '', 404, 'POST /etc/passwd is not known'],
  ])('%s %s', async (method, path, body, status, problem) => {
    expect(await remote.answer(method, path, body)).toEqual({
      status,
      body: JSON.stringify({ problems: [problem] }),
    });
  });

  test('for a shell when there is no terminal', async () => {
    const { status } = await remote.answer('GET', '/shell');
    expect(status).toBe(404);
  });
});

test('a refused upgrade ends though the other end keeps its connection open', async () => {
  const socket = connect({ path: remote.path, allowHalfOpen: true }).on('error', () => undefined);
  socket.write('GET /shell HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1.1 404 /);
  await eventually('its end', WITHIN_MS, async () => (await remote.connections()) === 0);
  socket.destroy();
});

test('answers the health check', async () => {
  expect(await remote.answer('GET', '/health')).toEqual({ status: 200, body: '{"serving":true}' });
});

describe('the socket', () => {
  test('is for owner and group', () => {
    expect((statSync(remote.path).mode & 0o777).toString(8)).toBe('660');
  });

  test('takes the place of one that a killed program has left', async () => {
    const path = join(remote.folder, 'stale');
    const left = createServer();
    await once(left.listen(path), 'listening');
    writeFileSync(join(remote.folder, 'mark'), '');
    const server = await openRemote(path, { runs: {} as Runs, shells: undefined, timer: remote.time.timer });
    expect(statSync(path).isSocket()).toBe(true);
    expect(readFileSync(join(remote.folder, 'mark'), 'utf8')).toBe('');
    server.close();
    left.close();
  });
});
