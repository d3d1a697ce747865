import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Lab } from './lab.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab?.end());

describe('make faults', () => {
  const outcome = async () => {
    const { stdout } = await lab.balance('--requests', '1', '--timeout', '5', '--json');
    return JSON.parse(stdout.split('\n')[0]!).outcome;
  };

  test('changes, refuses and resets while the server runs, and journals each change', async () => {
    expect((await lab.exec('http', 'faults', '--profile', '403=1')).stdout).toContain(
      'http: 403=1, seed alice, next draw 1',
    );
    expect(await outcome()).toBe('403');

    const refused = await lab.exec('http', 'faults', '--profile', '403=2,404=1');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('"403=2" has no valid probability; allowed: name=p with p from 0 to 1');
    expect(refused.stderr).toContain('"404=1" names no outcome; allowed: timeout, 403, 500, or none alone');
    expect(await outcome()).toBe('403');

    expect((await lab.exec('http', 'faults', '--seed', 'bob', '--profile', 'none')).stdout).toContain(
      'http: none, seed bob, next draw 1',
    );
    expect(await outcome()).toBe('200');
    expect((await lab.exec('http', 'faults', '--reset')).stdout).toContain(
      'http: timeout=0.2,403=0.2,500=0.1, seed alice, next draw 1',
    );
    const changes = (await lab.journal()).filter((entry) => 'event' in entry);
    expect(changes).toMatchObject([
      { event: 'faults', server: 'http', profile: '403=1', seed: 'alice', request: 0 },
      { event: 'faults', server: 'http', profile: 'none', seed: 'bob', request: 0 },
      { event: 'faults', server: 'http', profile: 'timeout=0.2,403=0.2,500=0.1', seed: 'alice', request: 0 },
    ]);
  });

  test('is not on the network: the lab listens on its four ports and nowhere else', async () => {
    const listening = await lab.exec(
      'http',
      'sh',
      '-c',
      'awk \'$4 == "0A" { print $2 }\' /proc/net/tcp /proc/net/tcp6',
    );
    const ports = listening.stdout
      .trim()
      .split('\n')
      .map((local) => Number.parseInt(local.split(':')[1]!, 16));
    const { HTTP_PORT, HTTPS_PORT, ECHO_PORT, ECHO_TLS_PORT } = lab.settings;
    const own = [HTTP_PORT, HTTPS_PORT, ECHO_PORT, ECHO_TLS_PORT].map(Number);
    const resolver = ports.filter((port) => !own.includes(port));
    expect(ports).toEqual(expect.arrayContaining(own));
    // Docker's own name server, on 127.0.0.11, is the only other one.
    expect(resolver).toHaveLength(1);
  });
});

describe('client balance', () => {
  beforeAll(() => lab.exec('http', 'faults', '--profile', 'none'));

  const client = (...args: string[]) => lab.exec('client', 'client', ...args);
  const once = () => ['--requests', '1', '--timeout', '20', ...lab.tls];

  test.each([
    [['balance'], "missing required argument 'server_address'"],
    [['balance', '10.0.0.1'], "missing required argument 'port'"],
    [['balance', '10.0.0.1', '0'], 'port is "0"; allowed: a whole number from 1 to 65535'],
    [
      ['balance', '10.0.0.1', '8080', '--requests', 'many'],
      '--requests is "many"; allowed: a whole number from 1 to 1000000',
    ],
    [
      ['balance', '10.0.0.1', '8080', '--timeout', '-1'],
      '--timeout is "-1"; allowed: seconds from 0.001 to 3600',
    ],
    [['balance', '10.0.0.1', '8080', '--colour'], "unknown option '--colour'"],
  ])('prints the usage and exits 2: %j', async (args, message) => {
    const { code, stdout, stderr } = await client(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: client balance [options] <server_address> <port>');
  });

  test('explains a refused connection', async () => {
    const { code, stdout } = await client('balance', lab.server, '81', ...once());
    expect(code).toBe(1);
    expect(stdout.split('\n')[0]).toBe(
      `/getbalance request failed: connection refused by ${lab.server}:81: nothing listens on that port`,
    );
  });

  test('explains an address without a host', async () => {
    const nobody = lab.server.replace(/\d+$/, '183');
    const { code, stdout } = await client('balance', nobody, '8080', ...once());
    expect(code).toBe(1);
    expect(stdout.split('\n')[0]).toBe(
      `/getbalance request failed: no route to ${nobody}:8080: no host has that address`,
    );
  });

  test('explains an unknown name', async () => {
    const { code, stdout } = await client('balance', 'nobody.invalid', '8080', ...once());
    expect(code).toBe(1);
    expect(stdout.split('\n')[0]).toMatch(
      /^\/getbalance request failed: name not found: nobody\.invalid:8080/,
    );
  });

  test('reaches the server by its name too', async () => {
    const { code, stdout } = await client('balance', 'server-host', lab.httpPort, ...once());
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe('/getbalance response status code: 200');
  });
});
