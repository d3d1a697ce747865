import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { Lab } from './lab.ts';
import { type Memory, memoryOf } from './memory.ts';

const HANDSHAKES = 10_000;
/** Of them so many come first, behind which the servers have all the memory that they need at work. */
const FIRST = 3_000;
/** Between two exchanges meanwhile, whose programs take their time of the machine, in ms. */
const PAUSE_MS = 1_500;
const servers = ['http', 'echo'] as const;

/** States of a connection, as Linux numbers them. */
const [TIME_WAIT, LISTEN] = ['06', '0A'];

describe('10,000 hostile handshakes', () => {
  let lab: Lab;
  let before: readonly { container: string; memory: Memory }[];
  let first: Record<string, number>;
  let report: Record<string, number>;
  let meanwhile: readonly number[];

  beforeAll(async () => {
    lab = await Lab.start({ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none', LAB_TLS_MIN: '1.2' }, 'plain');
    first = await attack(FIRST, 1);
    before = await measure();
    const attacked = attack(HANDSHAKES - FIRST, 2);
    let over = false;
    const end = () => {
      over = true;
    };
    attacked.then(end, end);
    const codes: number[] = [];
    for (; !over; await setTimeout(PAUSE_MS)) codes.push(...(await exchange()));
    meanwhile = codes;
    report = await attacked;
  });
  afterAll(() => lab?.end());

  const attack = (handshakes: number, seed: number) =>
    lab.runInClient<Record<string, number>>('hostile-tls-client.ts', String(handshakes), String(seed));
  /** How a client fares at both servers over TLS. */
  const exchange = async () => {
    const echo = [
      'client',
      'echo',
      lab.server,
      lab.echoTlsPort,
      '--tls',
      '--message',
      'Hey',
      '--retries',
      '1',
    ];
    const balance = [
      'client',
      'balance',
      lab.server,
      lab.httpsPort,
      '--tls',
      '--requests',
      '1',
      '--interval',
      '0',
    ];
    const ended = await Promise.all([lab.exec('client', ...echo), lab.exec('client', ...balance)]);
    return ended.map(({ code }) => code);
  };
  const measure = async () => {
    const measured = [];
    for (const server of servers) {
      const format = '{{.State.Status}}, {{.RestartCount}} restarts, since {{.State.StartedAt}}';
      const { stdout } = await lab.docker('inspect', '--format', format, lab.nameOf(server));
      measured.push({ container: stdout.trim(), memory: await memoryOf(lab, server) });
    }
    return measured;
  };

  test('find both servers there each time, and those that stay half open are ended', () => {
    expect(first.handshakes! + report.handshakes!).toBeGreaterThanOrEqual(HANDSHAKES);
    expect(report.whole).toBeGreaterThan(250);
    expect(report.held).toBeGreaterThanOrEqual(1_000);
    for (const { refused, forgotten, held, ended } of [first, report])
      expect({ refused, forgotten, ended }).toEqual({ refused: 0, forgotten: 0, ended: held });
  });

  test('leave both serving, meanwhile and afterwards', async () => {
    expect(meanwhile.length).toBeGreaterThan(4);
    expect(new Set([...meanwhile, ...(await exchange())])).toEqual(new Set([0]));
  });

  test('leave no connection open', () =>
    eventually('an end of every connection', 120_000, async () => {
      const { stdout } = await lab.exec('echo', 'cat', '/proc/net/tcp', '/proc/net/tcp6');
      const ports = [lab.httpsPort, lab.echoTlsPort].map((port) =>
        Number(port).toString(16).toUpperCase().padStart(4, '0'),
      );
      const states = stdout.matchAll(new RegExp(`^ *\\d+: \\S+:(?:${ports.join('|')}) \\S+ (\\S+)`, 'gm'));
      return states.every(([, state]) => [LISTEN, TIME_WAIT].includes(state!));
    }));

  test('leave neither restarted, and no memory taken', async () => {
    for (const [index, { container, memory }] of (await measure()).entries()) {
      const earlier = before[index]!;
      expect(earlier.container).toMatch(/^running, 0 restarts/);
      expect(container).toBe(earlier.container);
      expect(memory.objects).toBeLessThan(earlier.memory.objects * 1.1);
      // The system gives pages back when it likes: two runs of the same differ by a sixth.
      expect(memory.resident).toBeLessThan(earlier.memory.resident * 1.4);
    }
  });

  test.each(servers)(
    'leave a journal of the %s server that is whole, with a reason for each',
    async (server) => {
      const entries: readonly object[] = await lab.journal(server);
      expect(entries.map((entry) => (entry as { id: number }).id)).toEqual(entries.map((_, i) => i + 1));
      const failed = entries.filter((entry) => (entry as { event?: string }).event === 'handshake');
      expect(failed.length).toBeGreaterThan(HANDSHAKES / 4);
      for (const entry of failed) {
        const { LAB_CLIENT_ADDRESS: address } = lab.settings;
        // Whoever has reset a connection before the server takes it has no address any more.
        const client = 'client_ip' in entry ? { client_ip: address, client_port: expect.any(Number) } : {};
        expect(entry).toMatchObject({ ...client, reason: expect.stringMatching(/\S/) });
      }
    },
  );
});
