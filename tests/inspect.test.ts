import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { command, Lab } from './lab.ts';
import { RETRANSMITTED } from './scenario.ts';

/** Sends SIGINT to the program that shows packets in a sidecar. */
const INTERRUPT = `
  cd /proc
  for id in [0-9]*; do xargs -0 echo <$id/cmdline | grep -q '^node .*main.ts live' && kill -INT $id; done
  true`;

/** A frame as `--json` prints it. */
interface Shown {
  readonly number: number;
  /** In seconds since 1970. */
  readonly epoch: number;
  readonly source: string;
  readonly destination: string;
  readonly payload: string;
}

function objectsOf(stdout: string) {
  return stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
}

const textOf = ({ payload }: Shown) => Buffer.from(payload, 'hex').toString();

describe('the packets of a lab', () => {
  let lab: Lab;
  const show = async (...options: string[]) => {
    const { code, stdout, stderr } = await command(
      lab.settings,
      'setup/inspect.sh',
      'show',
      'server',
      ...options,
    );
    return { code, stdout, output: stdout + stderr };
  };
  const shown = async (...options: string[]): Promise<Shown[]> => {
    const { stdout } = await show('--json', ...options);
    return objectsOf(stdout).slice(0, -1);
  };

  beforeAll(async () => {
    // In plain text: TLS and HMACs have tests of their own.
    lab = await Lab.start({ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none' }, 'plain');
    await lab.shell('echo Test1 | nc -N "$server" "$port"');
    await lab.shell('printf "\\033]0;title\\007\\n" | nc -N "$server" "$port"');
    await lab.echo('--protocol', 'udp', '--message', 'Hey');
    await lab.exec(
      'client',
      'curl',
      '-su',
      'alice:secret',
      `http://${lab.server}:${lab.httpPort}/getbalance`,
    );
  });
  afterAll(() => lab?.end());

  test('are a table with dumps, and exposures at the end', async () => {
    const { code, stdout } = await show();
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^ +No\. +Time +Source +Destination +Protocol +Length +Info$/);
    const row = lines.findIndex((line) => line.includes('54 65 73 74 31 0a'));
    const addresses = `${lab.settings.LAB_CLIENT_ADDRESS} +${lab.server}`;
    expect(lines[row - 1]).toMatch(new RegExp(`^ *\\d+ +\\d+\\.\\d{6}  ${addresses} +\\w+ +72  \\S`));
    expect(lines[row]).toBe('       0000   54 65 73 74 31 0a                                 Test1.');
    expect(stdout).toContain('48 65 79 7c 65 34 35 39 39 66 61 39               Hey|e4599fa9\n');
    expect(stdout).toMatch(
      /\nExposed in plain text: \d+ bodies .*, 1 password \(frame \d+: alice:secret\)\n/,
    );
    expect(stdout).not.toContain('\u001b');
  });

  test('are dialogues', async () => {
    const { stdout } = await show('--follow');
    const client = `${lab.settings.LAB_CLIENT_ADDRESS}:\\d+`;
    const head = (transport: string, port: string) =>
      `${transport} ${client} → ${lab.server}:${port}, \\d+ frames, from \\d+\\.\\d{6}\n`;
    const turn = (text: string) => ` +\\d+\\.\\d{6}  frame \\d+ +${text}\n`;
    const closes = `(?:${turn('client: \\(closes the connection\\)')})?`;
    const exchange = (text: string) => turn(`client: ${text}`) + closes + turn(`server: ${text}`);
    expect(stdout).toMatch(new RegExp(head('TCP', lab.echoPort) + exchange('Test1\\\\n')));
    expect(stdout).toMatch(new RegExp(exchange('\\\\u001b]0;title\\\\u0007\\\\n')));
    expect(stdout).toMatch(new RegExp(head('UDP', lab.echoPort) + exchange('Hey\\|e4599fa9')));
    expect(stdout).toMatch(
      new RegExp(head('TCP', lab.httpPort) + turn('client: GET /getbalance HTTP/1\\.1\\\\r\\\\n')),
    );
  });

  test('are JSON, numbered as in the capture, with whole payloads', async () => {
    // The capture is still being written, and ARP may appear at any time.
    const filter = 'tcp || udp';
    const [frames, rows] = await Promise.all([
      shown('--filter', filter),
      lab.frames('server', filter, 'frame.number', 'frame.time_epoch', 'tcp.payload', 'udp.payload'),
    ]);
    expect(frames.map(({ number }) => `${number}`)).toEqual(rows.map(([number]) => number));
    expect(frames.map(({ epoch }) => epoch)).toEqual(rows.map(([, epoch]) => Number(epoch)));
    expect(frames.map(({ payload }) => payload)).toEqual(rows.map(([, , tcp, udp]) => tcp || udp));
  });

  test('can be filtered, and limited to the last ones', async () => {
    const filter = [
      '--filter',
      `tcp.port == ${lab.echoPort} && tcp.len > 0 && !${RETRANSMITTED.join(' && !')}`,
    ];
    const [all, last] = await Promise.all([shown(...filter), shown(...filter, '--last', '2')]);
    expect(all.map(textOf)).toEqual([
      'Test1\n',
      'Test1\n',
      '\u001b]0;title\u0007\n',
      '\u001b]0;title\u0007\n',
    ]);
    expect(last).toEqual(all.slice(-2));
  });

  test('have no dumps with 0 bytes', async () => {
    const { code, stdout } = await show('--bytes', '0');
    expect(code).toBe(0);
    expect(stdout).toContain(' 72  ');
    expect(stdout).not.toMatch(/^ +0000 {3}/m);
    const dialogues = await show('--bytes', '0', '--follow');
    expect(dialogues.stdout).toContain('client: (6 bytes)');
  });

  test('can be those of one transfer', async () => {
    const ids: string[] = [];
    for (let sent = 0; sent < 2; sent += 1) {
      const { stdout } = await lab.send('--protocol-mode', 'stop-and-wait', '--count', '2', '--json');
      ids.push(JSON.parse(stdout).transfer);
    }
    await lab.captured('server');
    for (const id of ids) {
      const frames = await shown('--transfer', id);
      expect(frames.length).toBeGreaterThan(4);
      expect(frames.filter((frame) => !textOf(frame).includes(` id=${id} `))).toEqual([]);
    }
    const other = await show('--transfer', '00000000');
    expect(other.stdout).toContain('The capture of server has no datagram of transfer 00000000.');
  });

  test('are not shown for a wrong filter, or for one that no frame passes', async () => {
    const [wrong, none] = await Promise.all([
      show('--filter', 'tcp.prot == 1'),
      show('--filter', 'tcp.port == 1'),
    ]);
    expect(wrong.code).toBe(2);
    expect(wrong.output).toMatch(/FILTER is "tcp\.prot == 1".*\n.*"tcp\.prot" is not a valid.*\n/);
    expect(wrong.output).toContain("FILTER='tcp.port == 9090 && tcp.len > 0'");
    expect(none.code).toBe(0);
    expect(none.stdout).toContain("No frame of server passes FILTER='tcp.port == 1'");
    expect(none.stdout).toContain('Exposed in plain text: nothing');
  });

  test('are shown as they arrive', async () => {
    const watch = new Watch(lab);
    await watch.untilReady;
    const messages = 5;
    for (let sent = 1; sent <= messages; sent += 1) {
      // The next message is sent after the message and its answer are shown.
      await lab.echo('--protocol', 'udp', '--message', 'Live', '--timeout', '60');
      await eventually(`message ${sent} and its answer`, 60_000, () => watch.payloads.length >= 2 * sent);
    }
    const { code, stdout } = await watch.end();
    expect(watch.payloads.map(textOf)).toEqual(Array(2 * messages).fill(lab.message('Live')));
    expect(code).toBe(0);
    const [exposed] = objectsOf(stdout).at(-1).exposed;
    expect(exposed).toMatchObject({ what: 'body', count: 2 * messages });
  });
});

/** Watches the packets live. */
class Watch {
  readonly untilReady: Promise<void>;
  readonly #lab: Lab;
  readonly #child;
  /** The frames with a payload that are shown so far. */
  readonly payloads: Shown[] = [];
  #stdout = '';

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#child = spawn('setup/inspect.sh', ['live', 'server', '--json'], {
      cwd: `${import.meta.dirname}/..`,
      env: { ...process.env, ...lab.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ready = Promise.withResolvers<void>();
    this.untilReady = ready.promise;
    this.#child.once('close', (code) => ready.reject(new Error(`inspect ended with ${code}`)));
    createInterface({ input: this.#child.stderr }).on('line', (line) => {
      if (line.includes('as they arrive')) ready.resolve();
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#stdout += `${line}\n`;
      const shown: Shown = JSON.parse(line);
      if (shown.payload) this.payloads.push(shown);
    });
  }

  /** Ends it like Ctrl-C on a terminal. Without a terminal, compose does not pass the signal on. */
  async end(): Promise<{ code: number | null; stdout: string }> {
    const code = new Promise<number | null>((resolve) => this.#child.once('close', resolve));
    const container = this.#lab.nameOf('capture-server');
    await this.#lab.docker('exec', '--user', '10001', container, 'sh', '-c', INTERRUPT);
    return { code: await code, stdout: this.#stdout };
  }
}
