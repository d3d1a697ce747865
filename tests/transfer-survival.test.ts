import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';
import { Lab } from './lab.ts';
import { heldBy } from './memory.ts';

const TRANSFERS = 200;
const BYTES = 20_000;
let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start({
    ECHO_UDP_FAULTS: 'loss=0.02,corruption=0.02,duplicate=0.02,reorder=0.02',
    ECHO_DELAY_SECONDS: '0.005',
  });
});
afterAll(() => lab?.end());

const events = async (since: number, state: string) =>
  (await lab.transfers()).slice(since).filter((event) => event.state === state);
/** Resolves with the events of a state when there are `count` of them. */
const eventsOnce = (since: number, state: string, count = 1) =>
  eventually(`${count} transfers that are ${state}`, 120_000, async () => {
    const found = await events(since, state);
    return found.length >= count && found;
  });
/** `client send`, to whose process `signal` sends signals. */
const send = (...options: string[]) =>
  lab.shell(
    `echo $$ >/tmp/pid; exec client send $server $udp_port --protocol-mode stop-and-wait ${options.join(' ')}`,
  );
const signal = (name: string) => lab.shell(`kill -${name} $(cat /tmp/pid)`);
/** Starts a transfer with nearly the most segments of an echo, and does something in the middle of it. */
const inTheMiddle = async (happen: () => Promise<unknown>, ...options: string[]) => {
  const before = (await lab.journal('echo')).length;
  let running = true;
  const ended = send('--count 65000 --segment 20', ...options).finally(() => {
    running = false;
  });
  await eventually('100 entries of the transfer', 60_000, async () => {
    if (!running) throw new Error('the client ended before');
    return (await lab.journal('echo')).length >= before + 100;
  });
  await happen();
  return ended;
};

/** Sends the client a signal in the middle of a transfer, and checks how the server ends the transfer. */
const endsWith = async (name: string, state: string, reason: string) => {
  // No fault may lose the client's ABORT here.
  await lab.faults('--udp', 'duplicate=0.1');
  const before = (await lab.transfers()).length;
  await inTheMiddle(() => signal(name), '--echo');
  const [event] = await eventsOnce(before, state);
  expect(event).toMatchObject({ reason, mode: 'stop-and-wait' });
  expect(event!.bytes).toBeGreaterThan(0);
};

/** Starts many transfers at once, with all protocols. */
const run = () =>
  lab.runInClient<{ identical: number; errors: string[] }>(
    ...(['many-transfers.ts', String(TRANSFERS), String(BYTES)] as const),
  );

describe(`${TRANSFERS} transfers at once, each of ${BYTES} bytes, of all protocols`, () => {
  test('come back byte for byte, each journaled with its received data', async () => {
    expect(await run()).toEqual({ identical: TRANSFERS, errors: [] });
    const received = await events(0, 'received');
    expect(received).toHaveLength(TRANSFERS);
    expect(new Set(received.map(({ sha256 }) => sha256)).size).toBe(TRANSFERS);
    expect(received.every(({ bytes }) => bytes === BYTES)).toBe(true);
    expect(await eventsOnce(0, 'returned', TRANSFERS)).toHaveLength(TRANSFERS);
  });
});

// A busy machine may give a client no time for 2 s, so the server waits longer here.
test('the client is interrupted: the server ends the transfer and journals why', () =>
  endsWith('INT', 'aborted', 'the client was interrupted'));

describe('a server that forgets a transfer after 2 s of silence', () => {
  beforeAll(() => lab.change(['echo'], { ECHO_IDLE_SECONDS: '2' }));

  test('frees the memory of forgotten transfers', async () => {
    await run();
    const { objects: first } = await heldBy(lab);
    await run();
    // Without that, the second round would leave all its bytes.
    const most = first + (TRANSFERS * BYTES) / 4;
    const isForgotten = async () => (await heldBy(lab)).objects < most;
    await eventually(`less than ${most} bytes of objects`, 60_000, isForgotten);
  });

  describe('when in the middle of a transfer', () => {
    test('the server is killed and restarted: the client explains that, and the next transfer succeeds', async () => {
      const { code, stderr } = await inTheMiddle(async () => {
        await lab.compose('kill', '--signal', 'SIGKILL', 'echo');
        await lab.compose('start', 'echo');
      });
      expect(code).toBe(1);
      expect(stderr).toMatch(/failed: .*the server has no transfer [0-9a-f]{8}: .*restarted/);
      expect(await lab.send('--text', 'Hey', '--protocol-mode', 'go-back-n')).toMatchObject({ code: 0 });
    });

    test('the server stops for good: the client explains that nothing listens', async () => {
      const { code, stderr } = await inTheMiddle(
        () => lab.compose('stop', '--timeout', '0', 'echo'),
        '--tries 20',
      );
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /failed: segment \d+ timed out 20 times .*; connection refused by .*nothing listens/,
      );
      await lab.compose('start', 'echo');
      await eventually('the server', 60_000, async () => (await lab.faults()).code === 0);
    });

    test('the client is killed: the server ends the transfer and journals why', () =>
      endsWith('KILL', 'idle', 'no datagram arrived for 2 s'));

    test('the client is killed before its bytes come back: the server gives up', async () => {
      // Slow enough for the next steps to be in time.
      await lab.faults('--udp', 'delay=1');
      const before = (await lab.transfers()).length;
      const ended = send('--count 600', '--echo', '--tries 5');
      await Promise.race([eventsOnce(before, 'received'), ended]);
      await signal('KILL');
      await ended;
      const [event] = await eventsOnce(before, 'silent');
      expect(event!.reason).toMatch(/^segment \d+ timed out 5 times and was never acknowledged$/);
    });
  });
});
