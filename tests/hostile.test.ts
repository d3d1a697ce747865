import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { Lab } from './lab.ts';
import { type Held, heldBy, isQuiet, leftByEach } from './memory.ts';

/** Inputs in a round, and rounds. */
const [INPUTS, ROUNDS] = [20_000, 3];
/** Bytes that an input may leave in the server's memory. A leaked socket has thousands. */
const MOST_LEFT = 100;
/** Sockets in its memory when none is open, at most: prototypes, that of UDP, and the last one or two. */
const MOST_SOCKETS = 20;

describe(`${ROUNDS} rounds of ${INPUTS} hostile inputs to the echo server`, () => {
  let lab: Lab;
  let started: string;
  const reports: Record<string, number>[] = [];
  const held: Held[] = [];

  beforeAll(async () => {
    lab = await Lab.start({
      ECHO_DELAY_SECONDS: '0-0.05',
      ECHO_FAULTS:
        'loss=0.1,delay=0.1,corruption=0.1,duplicate=0.05,reorder=0.05,truncate=0.05,reset=0.05,drip=0.01',
    });
    started = await container();
    for (let round = 1; round <= ROUNDS; round += 1) {
      reports.push(await attack(round));
      await eventually('an end of every connection', 120_000, () => isQuiet(lab, lab.echoPort));
      held.push(await heldBy(lab));
    }
  });
  afterAll(() => lab?.end());

  const attack = (seed: number) =>
    lab.runInClient<Record<string, number>>('hostile-client.ts', String(INPUTS), String(seed));
  const sum = (name: string) => reports.reduce((all, report) => all + report[name]!, 0);
  const container = () => lab.stateOf('echo');
  /** Datagrams that the kernel dropped at the server's socket. */
  const dropped = async () => {
    const { stdout } = await lab.exec('echo', 'cat', '/proc/net/udp');
    const port = Number(lab.echoPortOf('udp')).toString(16).toUpperCase().padStart(4, '0');
    return Number(new RegExp(`^ *\\d+: \\S+:${port} .* (\\d+) *$`, 'm').exec(stdout)![1]);
  };

  test('find it each time, and an endless line gets an error and an end', () => {
    expect(sum('datagrams') + sum('exchanges')).toBeGreaterThanOrEqual(ROUNDS * INPUTS);
    expect(sum('endless')).toBeGreaterThan((ROUNDS * INPUTS) / 2_500);
    for (const { refused, forgotten, endless, ended } of reports)
      expect({ refused, forgotten, ended }).toEqual({ refused: 0, forgotten: 0, ended: endless });
  });

  test('let it run and answer on both protocols', async () => {
    await lab.faults('--profile', 'none');
    for (const protocol of ['tcp', 'udp']) {
      const sent = await lab.echo(
        '--protocol',
        protocol,
        '--message',
        'Hey',
        '--retries',
        '1',
        '--timeout',
        '60',
      );
      expect(sent).toMatchObject({ code: 0 });
    }
    expect(started).toMatch(/^running, 0 restarts/);
    expect(await container()).toBe(started);
  });

  test('leave no memory in use, round after round', () => {
    expect(Math.max(...held.map(({ sockets }) => sockets))).toBeLessThan(MOST_SOCKETS);
    expect(leftByEach(INPUTS, held)).toBeLessThan(MOST_LEFT);
  });

  test('leave a whole journal with every datagram that the kernel did not drop', async () => {
    const entries = await lab.journal('echo');
    expect(entries.map(({ id }) => id)).toEqual(entries.map((_, i) => i + 1));
    const datagrams = entries.filter(({ protocol }) => protocol === 'udp');
    // The last one is the client's.
    expect(datagrams.length - 1 + (await dropped())).toBe(sum('datagrams'));
  });
});
