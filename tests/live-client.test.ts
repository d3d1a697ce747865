import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { imageOf } from './images.ts';
import { command, Lab } from './lab.ts';
import type { Step, TerminalReport } from './live-terminal.ts';

const SOCKET = '/run/live-client/remote.sock';
/** The user and group of the live view's server. */
const LIVE = '10001:10001';
const WITHIN_MS = 60_000;
/** A line of a shell that has printed nothing else. */
const PROMPT = 'student@client-host:[^$]*\\$ $';

let lab: Lab;

/** A command in a container that has the socket, as the server of the live view has it, and no network. */
const beside = (user: string, entrypoint: string, ...args: readonly string[]) =>
  lab.docker(
    ...['run', '--rm', '--init', '--user', user, '--network', 'none', '--cap-drop', 'ALL'],
    ...[
      '--mount',
      `type=volume,src=${lab.settings.COMPOSE_PROJECT_NAME}_live-client,dst=/run/live-client,readonly`,
    ],
    ...[
      '--volume',
      `${import.meta.dirname}:/lab/tests:ro`,
      '--entrypoint',
      entrypoint,
      imageOf('client'),
      ...args,
    ],
  );

/** Takes the steps in a terminal of its own. */
async function terminal(...steps: readonly Step[]): Promise<TerminalReport> {
  const program = '/lab/tests/live-terminal.ts';
  const { code, stdout, stderr } = await beside(
    ...([LIVE, 'node', program, SOCKET, ...steps.map((step) => JSON.stringify(step))] as const),
  );
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** What is printed after a line was typed. */
async function printed(line: string, pattern: string): Promise<string> {
  const { found } = await terminal({ expect: PROMPT }, { type: `${line}\r` }, { expect: pattern });
  return found[1]!;
}

/** The answer to `POST /runs`. */
async function run(name: string, options: Readonly<Record<string, string>>) {
  const body = JSON.stringify({ command: name, options });
  const { stdout } = await beside(
    ...([
      LIVE,
      'curl',
      '-sN',
      '-w',
      '%{http_code}',
      '--unix-socket',
      SOCKET,
      '-d',
      body,
      'http://x/runs',
    ] as const),
  );
  return { status: stdout.slice(-3), body: stdout.slice(0, -3) };
}

const inside = (line: string) => lab.docker('exec', lab.nameOf('live-client'), 'sh', '-c', line);

async function start(overrides: Readonly<Record<string, string>> = {}): Promise<void> {
  const up = ['up', '--detach', '--no-build', '--no-deps', '--wait', 'live-client', 'flow'];
  const settings = { ...lab.settings, ...overrides };
  expect(await command(settings, 'docker', 'compose', '--profile', 'live', ...up)).toMatchObject({ code: 0 });
}

beforeAll(async () => {
  lab = await Lab.start({ HTTP_FAULTS: 'script:200,403', ECHO_FAULTS: 'none' }, 'plain');
  await start();
});
afterAll(() => lab?.end());

describe('a terminal', () => {
  test('greets, and is of the student', async () => {
    const { found } = await terminal({ expect: 'This is the client host, \\S+\\.' }, { expect: PROMPT });
    expect(found[0]).toContain(lab.settings.LAB_CLIENT_ADDRESS);
  });

  test('has the rights of make shell, which are none', async () => {
    const sets = await printed('grep -E "Cap|NoNew" /proc/self/status | cut -f2 | tr "\\n" .', '^[01.]+\\.');
    expect(sets).toBe(`${'0000000000000000.'.repeat(5)}1.`);
    const { uid, gid } = await stat(lab.settings.LAB_WORK_DIR!);
    expect(await printed('id -u; id -g; pwd; echo end', '^\\d+\\r\\n[^]*?end')).toBe(
      `${uid}\r\n${gid}\r\n/work\r\nend`,
    );
  });

  test('has the size of its page, also when that changes', async () => {
    const { found } = await terminal(
      { columns: 132, rows: 43 },
      { expect: PROMPT },
      { type: 'until stty size | grep -x "43 132"; do sleep 0.1; done\r' },
      { expect: '^43 132' },
      { columns: 46, rows: 20 },
      { type: 'until stty size | grep -x "20 46"; do sleep 0.1; done\r' },
      { expect: '^20 46' },
    );
    expect(found.slice(1)).toEqual(['43 132', '20 46']);
  });

  test('takes a long paste into a program that prints it at once', async () => {
    const lines = 1_700;
    const { found, bytes } = await terminal(
      { expect: PROMPT },
      // Before that is printed, the terminal is still as the shell wants it.
      { type: 'echo begun-$((6 * 7)); cat -v >/tmp/pasted; wc -c /tmp/pasted\r' },
      { expect: '^begun-42' },
      { type: `${'x'.repeat(60)}\r`, times: lines },
      { type: '\x04' },
      { expect: '^\\d+ /tmp/pasted' },
      { type: 'echo begun-$((6 * 7)); sed "s/^end/all-&/"\r' },
      { expect: '^begun-42' },
      { type: `${'y'.repeat(60)}\r`, times: lines },
      { type: 'end\r' },
      { expect: '^all-end' },
    );
    expect(found[2]).toBe(`${lines * 61} /tmp/pasted`);
    expect(bytes).toBeGreaterThan(2 * lines * 61);
  });

  test('shows five megabytes, and not one byte less', async () => {
    const { bytes } = await terminal(
      { expect: PROMPT },
      { type: 'head -c 5000000 /dev/zero | tr "\\0" z; echo; echo all-$((6 * 7))\r' },
      { expect: '^all-42' },
    );
    expect(bytes).toBeGreaterThan(5_000_000);
  });

  test('has full-screen programs, whose files are in work/', async () => {
    const { found } = await terminal(
      { columns: 80, rows: 24 },
      { expect: PROMPT },
      { type: 'vim -u NONE written\r' },
      { expect: 'written' },
      { type: 'iTyped in a browser: \u00e4\u20ac\x1b' },
      { type: ':wq\r' },
      { expect: PROMPT },
    );
    expect(found).toHaveLength(3);
    const file = join(lab.settings.LAB_WORK_DIR!, 'written');
    expect(await readFile(file, 'utf8')).toBe('Typed in a browser: \u00e4\u20ac\n');
    const { uid } = await stat(lab.settings.LAB_WORK_DIR!);
    expect(await stat(file)).toMatchObject({ uid });
  });

  test('ends with its shell, and has the exit code', async () => {
    const { closed } = await terminal({ expect: PROMPT }, { type: 'exit 3\r' }, { end: true });
    expect(closed).toEqual({ code: 1000, reason: 'exit code 3' });
  });

  test.each([
    ['its page', { leave: true }],
    ['its shell', { type: 'exit\r' }],
  ] as const)('ends its programs with %s', async (_what, last) => {
    await terminal(
      { expect: PROMPT },
      { type: '(trap "" HUP; sleep 98765) & sleep 98765 & echo begun-$((6 * 7))\r' },
      { expect: '^begun-42' },
      last,
      { end: true },
    );
    await eventually('the end of its programs', WITHIN_MS, async () => {
      const { stdout } = await inside(
        'for one in /proc/[0-9]*; do tr "\\0" " " <$one/cmdline; echo; done 2>&-',
      );
      return !/sleep 98765|^bash/m.test(stdout);
    });
    expect((await inside('grep -l "^State:.Z" /proc/[0-9]*/status')).stdout).toBe('');
  });
});

describe('a command of the page', () => {
  test.each([
    ['balance', { REQUESTS: '2', INTERVAL: '0' }, /^\{"line":"\/getbalance response status code: 200"\}/],
    ['balance', { REQUESTS: '1', INTERVAL: '0', TLS: '1' }, /response status code: \d+/],
    ['echo', { MSG: 'Hey' }, /"\[CLIENT\] Received valid reply: Hey"/],
    ['echo', { MSG: 'Hey', PROTOCOL: 'udp' }, /"\[CLIENT\] Received valid reply: Hey"/],
    ['echo', { MSG: 'Hey', TLS: '1.3' }, /"\[CLIENT\] Received valid reply: Hey"/],
    ['send', { COUNT: '20', ECHO: '1' }, /came back {3}26,400 bytes/],
    ['flow', { MB: '2' }, /arrived in/],
    ['flow', { MB: '2', REVERSE: '1' }, /arrived in/],
  ])('%s %j', async (name, options, pattern) => {
    const { status, body } = await run(name, options);
    expect({ status, body }).toEqual({ status: '200', body: expect.stringMatching(pattern) });
    expect(body).toMatch(/\{"code":0\}\n$/);
  });

  test('that is not allowed is refused by the names of make', async () => {
    expect(await run('echo', { MSG: 'Hey', RETRIES: 'x' })).toEqual({
      status: '400',
      body: JSON.stringify({ problems: ['RETRIES is "x"; allowed: a whole number from 1 to 1000'] }),
    });
    const { body } = await run('echo', { MSG: 'Hey', TLS: '1', PROTOCOL: 'udp' });
    expect(body).toContain('PROTOCOL is \\"udp\\"; allowed with TLS: tcp');
  });
});

describe('the socket', () => {
  test('is for the server of the live view alone', async () => {
    expect(
      await beside('1234:1234', 'curl', '-sS', '--unix-socket', SOCKET, 'http://x/health'),
    ).toMatchObject({
      code: 7,
    });
    const { code } = await lab.exec('client', 'test', '-e', SOCKET);
    expect(code).toBe(1);
  });

  test('is of a program without a right', async () => {
    const { stdout } = await inside('grep Cap /proc/1/status | cut -f 2');
    expect(stdout.trim().split('\n')).toEqual(Array(5).fill('0000000000000000'));
  });

  test('is there again after a restart, which leaves a file of the one before', async () => {
    await lab.docker('restart', '--time', '1', lab.nameOf('live-client'));
    await eventually('an answer', WITHIN_MS, async () => (await run('flow', { MB: 'x' })).status === '400');
  });

  test('has no shell with LIVE_TERMINAL=0', async () => {
    await start({ LIVE_TERMINAL: '0' });
    await expect(terminal({ expect: PROMPT })).rejects.toThrow('Unexpected server response: 404');
    expect((await run('echo', { MSG: 'Hey' })).status).toBe('200');
  });
});
