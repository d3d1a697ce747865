import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { Lab } from './lab.ts';
import { type Held, heldBy, isQuiet, leftByEach } from './memory.ts';

/** Handshakes in a round, and rounds. */
const [HANDSHAKES, ROUNDS] = [2_000, 3];
/** Bytes that a handshake may leave in a server's memory. A leaked socket has thousands. */
const MOST_LEFT = 250;
/** Sockets in a server's memory when none is open, at most: prototypes, and the last one or two of each kind. */
const MOST_SOCKETS = 20;
const servers = ['http', 'echo'] as const;

describe(`${ROUNDS} rounds of ${HANDSHAKES} hostile handshakes`, () => {
  let lab: Lab;
  let started: readonly string[];
  const reports: Record<string, number>[] = [];
  /** The results of normal clients meanwhile. */
  const meanwhile: number[] = [];
  const held: Record<(typeof servers)[number], Held[]> = { http: [], echo: [] };

  beforeAll(async () => {
    lab = await Lab.start({ HTTP_FAULTS: 'none', ECHO_FAULTS: 'none', LAB_TLS_MIN: '1.2' }, 'plain');
    started = await containers();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const [report, codes] = await Promise.all([attack(round), exchange()]);
      reports.push(report);
      meanwhile.push(...codes);
      await eventually('an end of every connection', 120_000, () =>
        isQuiet(lab, lab.httpsPort, lab.echoTlsPort),
      );
      for (const server of servers) held[server].push(await heldBy(lab, server));
    }
  });
  afterAll(() => lab?.end());

  const attack = (seed: number) =>
    lab.runInClient<Record<string, number>>('hostile-tls-client.ts', String(HANDSHAKES), String(seed));
  /** The results of a normal client at both servers over TLS. */
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
      '--timeout',
      '60',
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
      '--timeout',
      '60',
    ];
    const ended = await Promise.all([lab.exec('client', ...echo), lab.exec('client', ...balance)]);
    return ended.map(({ code }) => code);
  };
  const containers = () => Promise.all(servers.map((server) => lab.stateOf(server)));

  test('find both servers each time, and half-open ones are ended', () => {
    const sum = (name: string) => reports.reduce((all, report) => all + report[name]!, 0);
    expect(sum('handshakes')).toBeGreaterThanOrEqual(ROUNDS * HANDSHAKES);
    expect(sum('whole')).toBeGreaterThan((ROUNDS * HANDSHAKES) / 50);
    expect(sum('held')).toBeGreaterThanOrEqual((ROUNDS * HANDSHAKES) / 10);
    for (const { refused, forgotten, held, ended } of reports)
      expect({ refused, forgotten, ended }).toEqual({ refused: 0, forgotten: 0, ended: held });
  });

  test('let both serve, meanwhile and afterwards', async () => {
    expect([...meanwhile, ...(await exchange())]).toEqual(Array(2 * (ROUNDS + 1)).fill(0));
  });

  test('restart neither of them', async () => {
    expect(started).toEqual(Array(2).fill(expect.stringMatching(/^running, 0 restarts/)));
    expect(await containers()).toEqual(started);
  });

  test.each(servers)('leave nothing in the %s server, round after round', (server) => {
    expect(Math.max(...held[server].map(({ sockets }) => sockets))).toBeLessThan(MOST_SOCKETS);
    expect(leftByEach(HANDSHAKES, held[server])).toBeLessThan(MOST_LEFT);
  });

  test.each(servers)('leave a whole journal of the %s server, with a reason for each', async (server) => {
    const entries: readonly object[] = await lab.journal(server);
    expect(entries.map((entry) => (entry as { id: number }).id)).toEqual(entries.map((_, i) => i + 1));
    const failed = entries.filter((entry) => (entry as { event?: string }).event === 'handshake');
    expect(failed.length).toBeGreaterThan((ROUNDS * HANDSHAKES) / 4);
    for (const entry of failed) expect(entry).toMatchObject({ reason: expect.stringMatching(/\S/) });
    // A client that resets its connection before the server accepts it has no address any more.
    const addressed = failed.filter((entry) => 'client_ip' in entry);
    expect(addressed.length).toBeGreaterThan(0);
    const client = { client_ip: lab.settings.LAB_CLIENT_ADDRESS, client_port: expect.any(Number) };
    for (const entry of addressed) expect(entry).toMatchObject(client);
  });
});
