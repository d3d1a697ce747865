import { readdir, readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isWireEntry, type WireDecision, type WireEntry } from '#lib/journal/wire-schema.ts';
import { eventually } from './eventually.ts';
import { command, type Ended, type Host, Lab } from './lab.ts';

/** The same port each time, so that the datagrams are one flow. */
const PORT = 41_000;
const EVERY_FAULT = 'loss=0.1,duplicate=0.05,reorder=0.05,corruption=0.05,tamper=0.05';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start({ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none' });
});
afterAll(() => lab?.end());

const make = (...words: string[]): Promise<Ended> => command(lab.settings, 'make', '--silent', ...words);

const journal = () => readFile(`${lab.settings.LAB_CAPTURES_DIR}/wire.log`, 'utf8');

async function wire(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await make('wire', ...words);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

const isDecision = (entry: WireEntry): entry is WireDecision => !('event' in entry);

/** The decisions since a number of entries. */
async function decisions(since = 0): Promise<WireDecision[]> {
  return (await lab.journal('wire')).slice(since).filter(isDecision);
}

const entries = async () => (await lab.journal('wire')).length;
const ping = (...options: string[]) => lab.exec('client', 'ping', ...options, lab.server);

/** The payloads of datagrams between the numbered port and the echo server in a capture, since a time. */
async function payloads(host: Host, since: number): Promise<{ up: Buffer[]; down: Buffer[] }> {
  await lab.captured(host);
  const rows = await lab.frames(
    host,
    `udp.port == ${PORT} && !icmp && frame.time_epoch >= ${since}`,
    ...['udp.srcport', 'udp.payload'],
  );
  const of = (isUp: boolean) =>
    rows
      .filter(([source]) => (source === String(PORT)) === isUp)
      .map(([, hex = '']) => Buffer.from(hex.replaceAll(':', ''), 'hex'));
  return { up: of(true), down: of(false) };
}

/**
 * What the receiver must have, by what its sender sent and what the wire decided. Each decision is about one of the
 * copies with its bytes.
 */
function expected(sent: readonly Buffer[], decided: readonly WireDecision[]): string[] {
  const byCrc = Map.groupBy(decided, ({ crc }) => crc);
  return [...Map.groupBy(sent, crcOf)]
    .flatMap(([crc, copies]) => {
      const own = byCrc.get(crc) ?? [];
      expect(own.length).toBeLessThanOrEqual(copies.length);
      return [...own.flatMap((entry) => arrivals(copies[0]!, entry)), ...copies.slice(own.length)];
    })
    .map(String)
    .sort();
}

function arrivals(payload: Buffer, entry: WireDecision): Buffer[] {
  switch (entry.fault) {
    case 'loss':
      return [];
    case 'duplicate':
      return [payload, payload];
    case 'corruption': {
      const altered = Buffer.from(payload);
      altered[entry.offset! - (entry.bytes - entry.payload)]! ^= 1 << entry.bit!;
      return [altered];
    }
    case 'tamper':
      return entry.tamper === 'replay' ? [payload, payload] : [payload];
    default:
      return [payload];
  }
}

const crcOf = (bytes: Buffer) => crc32(bytes).toString(16).padStart(8, '0');

/** Sends numbered datagrams, and returns what both captures have of them with what the wire decided. */
async function exchange(count: number, size: number, group: number) {
  const [since, from] = [await entries(), Date.now() / 1_000];
  const { received } = await lab.runInClient<{ received: number }>(
    'numbered-datagrams.ts',
    ...[PORT, count, size, group].map(String),
  );
  const [client, server] = [await payloads('client', from), await payloads('server', from)];
  return { received, client, server, decided: await decisions(since) };
}

describe('a lab with a wire', () => {
  test('has none until it is asked for, and a wrong value inserts none', async () => {
    expect(await wire()).toContain('there is no wire: both hosts send directly to each other');
    const { code, stderr } = await make('wire', 'LOSS=2', 'AQM=fair');
    expect(code).toBe(2);
    expect(stderr).toContain('LOSS is "2"; allowed: a probability from 0 to 1, or none\n');
    expect(stderr).toContain('AQM is "fair"; allowed: tail-drop, red, codel\n');
    expect(
      (await lab.docker('ps', '--all', '--quiet', '--filter', `name=${lab.nameOf('wire-host')}`)).stdout,
    ).toBe('');
  });

  test('is one hop for the packets of both hosts', async () => {
    expect(await wire('DELAY=0ms')).toContain('nothing is changed');
    expect((await ping('-c', '1')).stdout).toContain('ttl=63 ');
    const { stdout } = await lab.exec('client', 'traceroute', '-n', '-q', '1', lab.server);
    expect(stdout.split('\n').slice(1, 3)).toEqual([
      expect.stringContaining(` 1  ${lab.settings.LAB_WIRE_ADDRESS}  `),
      expect.stringContaining(` 2  ${lab.server}  `),
    ]);
    expect((await make('status')).stdout).toMatch(/^ok +wire +the packets of both hosts go through it$/m);
  });

  test('does to each datagram what its journal says, and to no other', async () => {
    await wire(`FAULTS=${EVERY_FAULT}`, 'TAMPER=replay 20ms', 'REORDER_BY=2', 'SEED=alice');
    const { received, client, server, decided } = await exchange(2_000, 60, 20);
    const of = (direction: 'up' | 'down') => decided.filter((entry) => entry.direction === direction);
    expect(client.up).toHaveLength(2_000);
    expect(server.up.map(String).sort()).toEqual(expected(client.up, of('up')));
    expect(client.down.map(String).sort()).toEqual(expected(server.down, of('down')));
    expect(received).toBeGreaterThan(1_000);
    const faults = new Set(of('up').map(({ fault }) => fault));
    expect([...faults].sort()).toEqual(['corruption', 'duplicate', 'loss', 'reorder', 'tamper']);
  });

  test('strikes the same datagrams again with the same seed', async () => {
    const struck = async (seed: string) => {
      await wire('RESET=1', `UP_FAULTS=${EVERY_FAULT}`, 'UP_TAMPER=replay 20ms', `SEED=${seed}`);
      const { decided } = await exchange(400, 60, 20);
      return decided.map(({ packet, fault, crc }) => `${packet} ${fault} ${crc}`);
    };
    const first = await struck('alice');
    expect(first.length).toBeGreaterThan(50);
    expect(await struck('alice')).toEqual(first);
    expect(await struck('bob')).not.toEqual(first);
  });

  test('loses by a script the segment that it names, and TCP retransmits it', async () => {
    await wire('RESET=1', 'UP_SCRIPT=drop tcp data 5');
    const [since, from] = [await entries(), Date.now() / 1_000];
    const line = (number: number) => lab.plain(`segment ${number}`);
    const send = Array.from({ length: 8 }, (_, index) => `echo '${line(index + 1)}' >&4; sleep 0.2`).join(
      '; ',
    );
    const { stdout } = await lab.shell(`dial tcp; (${send}) & head -n 8 <&3`);
    expect(stdout.trimEnd().split('\n')).toHaveLength(8);
    const decided = await decisions(since);
    expect(decided).toMatchObject([{ fault: 'loss', rule: 'drop tcp data 5', direction: 'up' }]);
    const { source_port: port, seq } = decided[0]!;
    const copies = (host: Host) =>
      lab.frames(
        host,
        `tcp.srcport == ${port} && tcp.seq_raw == ${seq} && tcp.len > 0 && frame.time_epoch >= ${from}`,
        'frame.number',
      );
    await Promise.all([lab.captured('client'), lab.captured('server')]);
    expect((await copies('client')).length).toBe((await copies('server')).length + 1);
  });

  test('is never faster than its rate, and drops what finds its queue full', async () => {
    await wire('RESET=1', 'UP_RATE=1mbit', 'UP_QUEUE=20');
    const from = Date.now() / 1_000;
    const { client, server, decided } = await exchange(100, 958, 100);
    const dropped = decided.filter(({ fault }) => fault === 'tail-drop');
    expect(server.up).toHaveLength(client.up.length - dropped.length);
    expect(dropped.length).toBeGreaterThan(50);
    const sent = await lab.frames(
      'client',
      `udp.srcport == ${PORT} && frame.time_epoch >= ${from}`,
      'frame.time_epoch',
    );
    const arrived = await lab.frames(
      'server',
      `udp.srcport == ${PORT} && frame.time_epoch >= ${from}`,
      ...['frame.time_epoch', 'frame.len'],
    );
    let due = Number(sent[0]![0]);
    for (const [time, length] of arrived) {
      due += (8 * Number(length)) / 1e6;
      // The clock of a capture has microseconds, and a float of today's seconds not many more.
      expect(Number(time)).toBeGreaterThan(due - 1e-5);
    }
    const queued = (await lab.journal('wire')).filter((entry) => 'event' in entry && entry.event === 'queue');
    expect(Math.max(...queued.map((entry) => ('packets' in entry ? entry.packets : 0)))).toBeLessThanOrEqual(
      20,
    );
  });

  test('sends packets no earlier than its delay', async () => {
    await wire('RESET=1', 'DELAY=30ms', 'JITTER=10ms');
    const since = await entries();
    const { stdout } = await ping('-c', '20', '-i', '0.05');
    const times = Array.from(stdout.matchAll(/icmp_seq=(\d+) .*time=([\d.]+) ms/g), ([, number, time]) => ({
      number: Number(number),
      time: Number(time),
    }));
    const decided = await decisions(since);
    expect(times).toHaveLength(20);
    for (const { number, time } of times) {
      const own = decided.filter(({ icmp_seq }) => icmp_seq === number).map(({ delay_ms }) => delay_ms!);
      expect(own).toHaveLength(2);
      for (const delay of own) expect(Math.abs(delay - 30)).toBeLessThanOrEqual(10);
      expect(time).toBeGreaterThanOrEqual(own[0]! + own[1]!);
    }
  });

  test('tells a sender by ICMP that its packet is too large', async () => {
    await wire('RESET=1', 'UP_MTU=1000');
    const tooLarge = await ping('-c', '1', '-M', 'do', '-s', '1200');
    expect(tooLarge.stdout).toContain('Frag needed and DF set (mtu = 1000)');
    expect((await ping('-c', '1', '-M', 'dont', '-s', '1200')).stdout).toContain(' 0% packet loss');
  });

  test('forwards odd packets, floods and what is too long without an end of its program', async () => {
    await wire(
      'RESET=1',
      `FAULTS=${EVERY_FAULT}`,
      'TAMPER=replace x=y',
      'MTU=600',
      'RATE=5mbit',
      'QUEUE=20',
      'AQM=codel',
    );
    const { code, stdout, stderr } = await lab.compose(
      ...['run', '--rm', '--no-deps', '--no-TTY', '--volume', `${import.meta.dirname}:/lab/tests:ro`],
      ...['client-raw', 'python3', '/lab/tests/hostile-packets.py', lab.server, 'alice', '5000'],
    );
    expect({ code, stderr: stderr.split('\n').filter((line) => line.includes('Error')) }).toEqual({
      code: 0,
      stderr: [],
    });
    expect(Number(stdout)).toBeGreaterThan(3_000);
    await exchange(3_000, 1_400, 3_000);
    await wire('RESET=1', 'DELAY=0ms');
    expect((await ping('-c', '3')).stdout).toContain(' 0% packet loss');
    const state = '{{.RestartCount}} {{.State.OOMKilled}} {{.State.Health.Status}}';
    expect((await lab.docker('inspect', '--format', state, lab.nameOf('wire'))).stdout.trim()).toBe(
      '0 false healthy',
    );
    const broken = (await lab.journal('wire')).filter((entry) => !isWireEntry(entry));
    expect(broken).toEqual([]);
  });

  test('carries a flow with a congestion control of its own, and the route is as before afterwards', async () => {
    await wire('RESET=1', 'RATE=20mbit', 'QUEUE=30', 'UP_SCRIPT=drop tcp port 5201 data 20');
    const route = async () =>
      (await lab.exec('client-host', 'ip', '-4', 'route', 'show', `${lab.server}/32`)).stdout.trim();
    const [since, before] = [await entries(), await route()];
    expect(before).toMatch(/ via \S+ dev eth0 congctl cubic$/);
    const { code, stdout } = await make('flow', 'MB=1', 'CC=reno');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/ MB arrived in /) });
    const struck = (await decisions(since)).filter(({ fault }) => fault === 'loss');
    expect(struck).toMatchObject([{ rule: 'drop tcp port 5201 data 20', direction: 'up' }]);
    const log = await readFile(`${lab.settings.LAB_CAPTURES_DIR}/flow.log`, 'utf8');
    const [begin, ...rest] = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(begin).toMatchObject({ event: 'begin', bytes: 1_000_000, flows: 1 });
    const ends = rest.at(-1);
    expect(ends).toMatchObject({ event: 'end', flow: begin.flow, bytes: expect.any(Number) });
    // The receiver stops when the sender says that it is done, and leaves what is still on the way.
    expect(ends.bytes).toBeGreaterThan(500_000);
    expect(await route()).toBe(before);
    expect(await make('flow', 'MB=1', 'CC=vegas2')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('CC is "vegas2"; allowed by this kernel: '),
    });
    expect(await route()).toBe(before);
    expect((await make('status')).code).toBe(0);
  });

  test('goes on with what was set when its program is killed, and the connection survives', async () => {
    await wire('RESET=1', 'DELAY=20ms', 'LOSS=0.02');
    const traffic = lab.echo('--message', 'Hey', '--count', '300', '--timeout', '30');
    const before = (await lab.journal('echo')).length;
    await eventually('messages', 30_000, async () => (await lab.journal('echo')).length > before + 20);
    const { stdout: pid } = await lab.docker('inspect', '--format', '{{.State.Pid}}', lab.nameOf('wire'));
    process.kill(Number(pid), 'SIGKILL');
    expect(await traffic).toMatchObject({ code: 0 });
    await eventually('the wire', 30_000, async () => (await make('wire')).code === 0);
    expect(await wire()).toContain('FAULTS=loss=0.02 DELAY=20ms');
    const ids = (await lab.journal('wire')).map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => index + 1));
  });

  test.each([
    ['wire-host', 'its program does not run, so packets pass without a fault and without an entry'],
    ['client-host', 'only the packets of the server host go through it'],
  ])('a %s that was started again is seen, and mended by make up', async (host, what) => {
    expect(await lab.docker('restart', '--time', '0', lab.nameOf(host))).toMatchObject({ code: 0 });
    for (const target of ['status', 'doctor']) {
      const { code, stdout } = await make(target);
      expect(code).not.toBe(0);
      expect(stdout).toMatch(new RegExp(`^PROBLEM +wire +${what}$`, 'm'));
    }
    expect(await make('up')).toMatchObject({ code: 0, stderr: '' });
    expect((await make('status')).stdout).toMatch(/^ok +wire +the packets of both hosts go through it$/m);
    expect((await lab.docker('exec', lab.nameOf('client'), 'ping', '-c', '1', lab.server)).stdout).toContain(
      'ttl=63 ',
    );
  });

  test('is removed whole, and its files stay', async () => {
    expect(await wire('OFF=1')).toContain('the wire is removed; its files stay: ');
    const direct = await lab.docker('exec', lab.nameOf('client'), 'ping', '-c', '1', lab.server);
    expect(direct.stdout).toContain('ttl=64 ');
    const { stdout } = await lab.docker('ps', '--all', '--format', '{{.Names}}');
    expect(stdout).not.toContain(`${lab.settings.COMPOSE_PROJECT_NAME}-wire`);
    const files = await readdir(lab.settings.LAB_CAPTURES_DIR!);
    expect(files).toEqual(expect.arrayContaining(['wire.log', 'wire.pcap']));
    expect(await journal()).toMatch(/"event":"end"\}\n$/);
    expect((await make('status')).stdout).not.toContain(' wire ');
    expect(await wire('OFF=1')).toContain('there is no wire');
  });

  test('begins again in the same run, with an empty slate', async () => {
    expect(await wire('DOWN_DELAY=1ms')).not.toContain('loss');
    const ids = (await journal()).split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).id]));
    expect(ids).toEqual(ids.map((_, index) => index + 1));
  });

  test('ends with the lab', async () => {
    const { code, stdout } = await make('down');
    expect(code).toBe(0);
    expect(stdout).toMatch(/wire\.pcap {2}\d+ packets captured, 0 dropped by the kernel/);
  });

  test('is started and ended by Compose alone too', async () => {
    const compose = (...args: string[]) => lab.compose('--profile', 'wire', ...args);
    expect(await compose('up', '--detach', '--wait', '--no-build')).toMatchObject({ code: 0 });
    const { LAB_CLIENT_ADDRESS: client = '', LAB_WIRE_ADDRESS: address = '' } = lab.settings;
    const divert = (host: string, peer: string) =>
      compose('exec', '--no-TTY', host, 'services/wire/route.sh', 'insert', peer, address);
    expect(await divert('client-host', lab.server)).toMatchObject({ code: 0 });
    expect(await divert('server-host', client)).toMatchObject({ code: 0 });
    const { stdout } = await compose('exec', '--no-TTY', 'client', 'ping', '-c', '1', lab.server);
    expect(stdout).toContain('ttl=63 ');
    expect(await compose('down')).toMatchObject({ code: 0 });
  });
});
