import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_PROFILE, faultNames, faultNamesOf } from '#lib/faults/echo/index.ts';
import { parseProfile, pick, probabilities } from '#lib/faults/fault-profile.ts';
import { Draws } from '#lib/runtime/random.ts';
import { eventually } from './eventually.ts';
import type { Protocol } from './journal-entries.ts';
import { Lab } from './lab.ts';
import { attemptsOf, decisions, play } from './scenario.ts';

/** The profile of the lab. */
const CONFIGURED = 'delay=1';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start({ ECHO_FAULTS: CONFIGURED, ECHO_DELAY_SECONDS: '0.05' });
});
afterAll(() => lab?.end());

describe('client echo', () => {
  const client = (...args: string[]) => lab.exec('client', 'client', 'echo', ...args);

  test.each([
    [[], "missing required argument 'server_address'"],
    [['10.0.0.1', '9090', '--protocol', 'icmp'], '--protocol is "icmp"; allowed: tcp, udp'],
    [['10.0.0.1', '9090', '--retries', '0'], '--retries is "0"; allowed: a whole number from 1 to 1000'],
    [['10.0.0.1', '9090', '--colour'], "unknown option '--colour'"],
  ])('prints the usage and exits 2: %j', async (args, message) => {
    const { code, stdout, stderr } = await client(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: client echo [options] <server_address> <port>');
  });

  test.each([
    ['', 'Empty message, nothing sent'],
    ['  ', 'Empty message, nothing sent'],
    ['Shutdown now', 'Invalid or unsafe message'],
  ])('sends no message that is not allowed: "%s"', async (message, reason) => {
    const before = await lab.journal('echo');
    const { code, stdout } = await lab.echo('--message', message);
    expect(code).toBe(2);
    expect(stdout.split('\n').slice(1)).toEqual([`[CLIENT] ${reason}`, '[CLIENT] Connection closed', '']);
    expect(await lab.journal('echo')).toEqual(before);
  });

  test('sends the lines of a pipe over one connection', async () => {
    const { code, stdout } = await lab.shell("printf 'a\\nb b\\nü' | client echo $server $port $tls --json");
    expect(code).toBe(0);
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(messages).toMatchObject([
      { body: 'a', answered: true },
      { body: 'b b', answered: true },
      { body: 'ü', answered: true },
    ]);
    expect(new Set(attemptsOf({ code, stdout, stderr: '' }).map(({ port }) => port)).size).toBe(1);
  });

  test('prints a summary of many messages', async () => {
    const { code, stdout } = await lab.echo('--message', 'Hey', '--count', '20', '--concurrency', '5');
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.at(-1)).toBe('[CLIENT] 20 messages, 20 answered, 0 given up, 20 attempts: 20 × valid');
    expect(lines.filter((line) => line === '[CLIENT] Received valid reply: Hey')).toHaveLength(20);
  });

  test('explains a refused connection', async () => {
    const { code, stdout } = await client(lab.server, '81', '--message', 'Hey', ...lab.tls);
    expect(code).toBe(1);
    expect(stdout).toBe(
      `[CLIENT] Connection error: connection refused by ${lab.server}:81: nothing listens on that port\n`,
    );
  });

  test('explains a refused datagram', async () => {
    const options = ['--protocol', 'udp', '--message', 'Hey', '--retries', '2'];
    const { code, stdout } = await client(lab.server, '81', ...options);
    expect(code).toBe(1);
    expect(stdout).toContain('[CLIENT] Attempts: 2\n[CLIENT] Connection refused by server, retrying...\n');
  });

  test('gets the faults of the seed', async () => {
    const profile = probabilities(parseProfile(DEFAULT_PROFILE, faultNames).profile!, faultNames);
    await lab.faults('--reset');
    const options = ['--message', 'Hey', '--count', '30', '--retries', '1', '--timeout', '60', '--json'];
    const hey = (protocol: Protocol) => lab.echo('--protocol', protocol, ...options);
    for (const { protocol, entries } of await play(lab, DEFAULT_PROFILE, hey)) {
      expect(entries.map(({ message }) => message)).toEqual(entries.map((_, i) => i + 1));
      expect(entries).toHaveLength(30);
      expect(entries.map(({ fault }) => fault)).toEqual(
        entries.map((_, i) =>
          pick(profile, faultNamesOf[protocol], new Draws('alice', `echo-${protocol}`).at(i + 1)),
        ),
      );
    }
  });

  test('loses no message to a restart of the server', async () => {
    await lab.faults('--reset');
    const before = (await lab.journal('echo')).length;
    // Each message is delayed by 50 ms, so together they take some seconds longer than a restart.
    const count = 800;
    const options = [
      '--message',
      'Hey',
      '--count',
      String(count),
      '--concurrency',
      '4',
      '--backoff',
      '--retries',
      '30',
    ];
    let running = true;
    const clients = Promise.all(
      ['tcp', 'udp'].map((protocol) => lab.echo('--protocol', protocol, ...options, '--json')),
    ).finally(() => {
      running = false;
    });
    await eventually('40 entries of the clients', 60_000, async () => {
      if (!running) throw new Error('the clients ended before');
      return (await lab.journal('echo')).length >= before + 40;
    });
    expect(await lab.compose('restart', 'echo')).toMatchObject({ code: 0 });
    expect(running).toBe(true);
    const restarted = new Date().toISOString();

    for (const ended of await clients) {
      expect(ended.code).toBe(0);
      const messages = ended.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(messages).toHaveLength(count);
      expect(messages.every(({ answered }) => answered)).toBe(true);
      expect(attemptsOf(ended).some(({ result }) => result !== 'valid')).toBe(true);
    }
    const entries = await lab.journal('echo');
    expect(entries.map(({ id }) => id)).toEqual(entries.map((_, i) => i + 1));
    expect(decisions(entries).some(({ timestamp }) => timestamp > restarted)).toBe(true);
  });
});

describe('make faults', () => {
  let entriesBefore: number;

  beforeAll(async () => {
    await lab.faults('--reset');
    entriesBefore = (await lab.journal('echo')).length;
  });

  /** The first line of each server's table. */
  const settings = async (...options: string[]) => {
    const { stdout } = await lab.faults(...options);
    return stdout.split('\n').filter((line) => line.startsWith('echo-'));
  };
  const faults = async (profile: string, count: number) => {
    const options = ['--message', 'Hey', '--count', String(count), '--retries', '1', '--timeout', '60'];
    const played = await play(lab, profile, (protocol) => lab.echo('--protocol', protocol, ...options));
    return played.map(({ entries }) => entries.map(({ fault }) => fault));
  };

  test('changes both protocols of the echo server, or one', async () => {
    expect(await settings()).toEqual([
      `echo-tcp: ${CONFIGURED}, seed alice, next draw 1`,
      `echo-udp: ${CONFIGURED}, seed alice, next draw 1`,
    ]);
    expect(await settings('--profile', 'loss=1', '--udp', 'none')).toEqual([
      'echo-tcp: loss=1, seed alice, next draw 1',
      'echo-udp: none, seed alice, next draw 1',
    ]);
    expect(await settings('--tcp', 'script:reset,none')).toEqual([
      'echo-tcp: script:reset,none, seed alice, next draw 1',
      'echo-udp: none, seed alice, next draw 1',
    ]);
  });

  test('begins a script at its first step each time', async () => {
    const script = 'script:corruption,loss,none';
    const [tcp, udp] = await faults(script, 2);
    expect([tcp, udp]).toEqual([
      ['corruption', 'loss'],
      ['corruption', 'loss'],
    ]);
    expect(await faults(script, 4)).toEqual(Array(2).fill(['corruption', 'loss', 'none', 'corruption']));
  });

  test('refuses with all reasons and changes nothing', async () => {
    const before = [await settings(), await lab.journal('echo')];
    const { code, stderr } = await lab.faults(
      '--tcp',
      'loss=2,noise=1',
      '--udp',
      'script:reset',
      '--seed',
      'bob',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('"loss=2" has no valid probability; allowed: name=p with p from 0 to 1');
    expect(stderr).toContain('"noise=1" names no fault; allowed: loss, delay, corruption, duplicate,');
    expect(stderr).toContain('"reset" in the script is no fault');
    expect([await settings(), await lab.journal('echo')]).toEqual(before);
  });

  test('begins a new seed at draw 1, and returns to the settings', async () => {
    expect(await settings('--seed', 'bob')).toEqual([
      expect.stringMatching(/^echo-tcp: .*, seed bob, next draw 1$/),
      expect.stringMatching(/^echo-udp: .*, seed bob, next draw 1$/),
    ]);
    expect(await settings('--reset')).toEqual([
      `echo-tcp: ${CONFIGURED}, seed alice, next draw 1`,
      `echo-udp: ${CONFIGURED}, seed alice, next draw 1`,
    ]);
  });

  test('is journaled, an entry for each server that a change concerns', async () => {
    const entries = (await lab.journal('echo')).slice(entriesBefore);
    const changes = entries.filter((entry) => 'event' in entry);
    const script = 'script:corruption,loss,none';
    const both = (change: object) => [
      { event: 'faults', server: 'echo-tcp', ...change },
      { event: 'faults', server: 'echo-udp', ...change },
    ];
    expect(changes).toMatchObject([
      { event: 'faults', server: 'echo-tcp', profile: 'loss=1', seed: 'alice', message: 0 },
      { event: 'faults', server: 'echo-udp', profile: 'none', seed: 'alice', message: 0 },
      { event: 'faults', server: 'echo-tcp', profile: 'script:reset,none', seed: 'alice', message: 0 },
      ...both({ profile: script, seed: 'alice', message: 0 }),
      ...both({ profile: script, seed: 'alice', message: 2 }),
      ...both({ profile: script, seed: 'bob', message: 0 }),
      ...both({ profile: CONFIGURED, seed: 'alice', message: 0 }),
    ]);
  });
});
