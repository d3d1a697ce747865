import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Datagram } from '#lib/transfer/datagram.ts';
import type { ModeName } from '#lib/transfer/kinds.ts';
import { abort, ID, receiver, type Server, useScriptedTransfers } from '../transfer/testing.ts';
import type { SendOptions } from './send.ts';

const server = useScriptedTransfers();

/** SHA-256 of `Hello`. */
const SHA256 = '185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969';
/** Long enough that nothing is retransmitted. */
const patient = { minRto: 10_000, maxRto: 10_000 };
const silent: Server = () => undefined;

afterEach(() => {
  jest.restoreAllMocks();
});

const kinds = () => server.received.map(({ kind }) => kind);

/** Runs with --json, and returns the object that is printed. */
async function runJson(scripted: Server, given: Partial<SendOptions>) {
  const { code, lines } = await server.run(scripted, { json: true, ...given });
  expect(lines).toHaveLength(1);
  return { code, printed: JSON.parse(lines[0]!) };
}

const FAULTS =
  'the faults of the echo server may have hit every try (make faults shows them), or it is in sink mode (ECHO_MODE=sink)';

describe('a transfer', () => {
  const rounds: [ModeName, number][] = [
    ['stop-and-wait', 1],
    ['go-back-n', 64],
    ['selective-repeat', 64],
  ];

  test.each(rounds)('by %s is summed up, and ends with 0', async (protocolMode, window) => {
    const { code, lines } = await server.run(receiver(), { protocolMode, text: 'Hello', ...patient });
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.stringMatching(
        `^\\[CLIENT\\] Transfer ${ID}: 5 bytes in \\d\\.\\d\\d s by ${protocolMode}, window ${window}$`,
      ),
      expect.stringMatching(/^\[CLIENT\] {3}goodput {5}[\d.]+ k?B\/s$/),
      expect.stringMatching(/^\[CLIENT\] {3}efficiency {2}[\d.]+ % \(5 useful of \d+ bytes sent\)$/),
      '[CLIENT]   segments    5, and 0 retransmissions: 0 after a timeout, 0 after a timeout of an earlier segment',
      '[CLIENT]   receiver    0 duplicates, 0 out of order and dropped',
      '[CLIENT]   ignored     0 duplicate ACKs, 0 foreign ACKs, 0 damaged datagrams',
      expect.stringMatching(/^\[CLIENT\] {3}round trip {2}p50 .* of [1-5] measured$/),
      `[CLIENT]   SHA-256     ${SHA256}, the same on both sides`,
    ]);
    expect(server.received[0]).toMatchObject({ kind: 'OPEN', id: ID, mode: protocolMode, window });
  });

  test.each([
    ['--text', { text: 'Hello' }, 5],
    ['--text of nothing', { text: '' }, 0],
    ['--count', { count: 3 }, 6],
    ['--file', { file: import.meta.filename, segment: 1_320 }, expect.any(Number)],
  ])('of %s is one object with --json', async (_source, given, bytes) => {
    const { code, printed } = await runJson(receiver(), { ...given, window: 8, ...patient });
    expect(code).toBe(0);
    expect(printed).toMatchObject({
      ...{ transfer: ID, mode: 'selective-repeat', window: 8, bytes },
      ...{ retransmissions: { timeout: 0, go_back: 0 }, ignored: { damaged: 0 } },
    });
    expect(printed).not.toHaveProperty('returned');
  });

  test('does not come back unless asked for', async () => {
    await server.run(receiver(), { text: 'Hello', minRto: 20, maxRto: 30, tries: 40 });
    expect(String(server.received[0]!.payload)).toBe(
      'bytes=5 segment=2 echo=no min-rto=20 max-rto=30 tries=40',
    );
  });

  test('ignores and counts damaged datagrams and datagrams of other transfers', async () => {
    const honest = receiver();
    const { code, printed } = await runJson(
      (datagram, reply) => {
        if (datagram.kind === 'OPEN') {
          reply(abort('not for you', datagram, 'badbad00'));
          reply(Buffer.from('wirelab/1 and nothing'));
        }
        honest(datagram, reply);
      },
      { text: 'Hello', ...patient },
    );
    expect(code).toBe(0);
    expect(printed).toMatchObject({ bytes: 5, ignored: { damaged: 1 } });
  });

  test('accepts no data that it did not ask for', async () => {
    const honest = receiver();
    const { code } = await server.run(
      (datagram, reply) => {
        reply({ ...datagram, kind: 'OPEN', sequence: 0 });
        honest(datagram, reply);
      },
      { text: 'Hello', ...patient },
    );
    expect(code).toBe(0);
    expect(kinds()).toEqual(['OPEN', 'DATA', 'DATA', 'DATA', 'CLOSE']);
  });

  test('shows its progress on a terminal', async () => {
    let draw: () => void = () => undefined;
    jest.spyOn(globalThis, 'setInterval').mockImplementation(((call: () => void) => {
      draw = call;
      return undefined as never;
    }) as typeof setInterval);
    const written: string[] = [];
    const honest = receiver();
    await server.run(
      (datagram, reply) => {
        if (datagram.kind === 'CLOSE' || datagram.kind === 'ACK') draw();
        honest(datagram, reply);
      },
      { text: 'Hello', echo: true, protocolMode: 'stop-and-wait' },
      { isTTY: true, write: (text) => written.push(text) },
    );
    expect(written[0]).toMatch(/sent \[#{16}\] ?100 % 5 B resent \d+ RTT .* window 1$/);
    expect(written.join('\n')).toMatch(/back \[#{6}\.{10}\] +40 % 2 B resent /);
    expect(written).toContain('\r\x1b[2K');
  });
});

describe('an echo', () => {
  test('of the sent bytes ends with 0', async () => {
    const { code, lines } = await server.run(receiver(), { text: 'Hello', echo: true });
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatch(
      /^\[CLIENT\] {3}came back {3}5 bytes in \d\.\d\d s, the same bytes, \d+ duplicates?$/,
    );
  });

  test('of other bytes ends with 1', async () => {
    const upper = (piece: Buffer) => Buffer.from(piece.toString().toUpperCase());
    const { code, printed } = await runJson(receiver({ before: upper }), { text: 'Hello', echo: true });
    expect(code).toBe(1);
    expect(printed).toMatchObject({ sha256: SHA256, returned: { bytes: 5, identical: false } });
  });

  test('that is altered on its way ends with 1, and the client tells the server', async () => {
    const onItsWay = (one: Datagram): Datagram =>
      one.kind === 'DATA' ? { ...one, payload: Buffer.from('x') } : one;
    const { code, lines } = await server.run(receiver({ onItsWay }), { text: 'Hello', echo: true });
    const reason = 'the returned bytes are not those that the server sent';
    expect({ code, lines }).toEqual({
      code: 1,
      lines: [`error: [CLIENT] Transfer ${ID} failed: ${reason}`],
    });
    expect(String((await server.receives('ABORT')).payload)).toBe(reason);
  });

  test('that never arrives is given up', async () => {
    const onlyAcks = receiver();
    const { code, lines } = await server.run(
      (datagram, reply) =>
        onlyAcks(datagram, (one) => !Buffer.isBuffer(one) && one.kind === 'ACK' && reply(one)),
      { text: 'Hello', echo: true, tries: 100 },
    );
    expect({ code, lines }).toEqual({
      code: 1,
      lines: [`error: [CLIENT] Transfer ${ID} failed: no datagram came back for 1 s; ${FAULTS}`],
    });
  });
});

describe('a server', () => {
  test.each([ID, '00000000'])('that aborts %s ends it with 1, and gets no ABORT back', async (id) => {
    const { code, lines } = await server.run((one, reply) => reply(abort('no more room', one, id)), {
      count: 3,
      ...patient,
    });
    expect(code).toBe(1);
    expect(lines).toEqual([`error: [CLIENT] Transfer ${ID} failed: no more room`]);
    // Later datagrams would arrive after it.
    await server.run(receiver(), { text: '', ...patient });
    expect(kinds()).toEqual(['OPEN', 'OPEN', 'CLOSE']);
  });

  test('that is silent is given up, and gets an ABORT', async () => {
    const { code, printed } = await runJson(silent, { text: 'Hello', tries: 2, minRto: 1, maxRto: 5 });
    expect(code).toBe(1);
    const error = `segment 0 timed out 2 times and was never acknowledged; no datagram came back: ${FAULTS}`;
    expect(printed).toEqual({ transfer: ID, mode: 'selective-repeat', window: 64, error });
    await server.receives('ABORT');
    expect(kinds()).toEqual(['OPEN', 'OPEN', 'ABORT']);
  });

  test('that is not there is given up, and the reason is printed', async () => {
    await server.goAway();
    const { code, lines } = await server.run(silent, { text: 'Hello', tries: 2, minRto: 1, maxRto: 5 });
    expect(code).toBe(1);
    expect(lines).toEqual([
      `error: [CLIENT] Transfer ${ID} failed: segment 0 timed out 2 times and was never acknowledged; ` +
        `connection refused by 127.0.0.1:${server.port}: nothing listens on that port`,
    ]);
  });
});

test('interrupted, the client tells the server, and ends with 130', async () => {
  const { code, lines } = await server.run(() => server.interrupt(), { text: 'Hello', ...patient });
  expect({ code, lines }).toEqual({
    code: 130,
    lines: [`error: [CLIENT] Transfer ${ID} failed: interrupted`],
  });
  expect(String((await server.receives('ABORT')).payload)).toBe('the client was interrupted');
});

describe('is refused with 2, and nothing is sent', () => {
  const missing = join(tmpdir(), 'wirelab-that-is-not-there');

  test.each<[string, Partial<SendOptions>, string]>([
    ['nothing to send', {}, 'nothing to send: give --file, --count or --text'],
    ['a count and a text', { count: 1, text: '' }, 'give only one of --file, --count and --text'],
    ['all', { count: 1, text: '', file: '' }, 'give only one of --file, --count and --text'],
    [
      'a window of 2 with stop-and-wait',
      { text: '', window: 2, protocolMode: 'stop-and-wait' },
      '--window is "2"; allowed for stop-and-wait: 1 to 1',
    ],
    [
      'a window of 1025',
      { text: '', window: 1025 },
      '--window is "1025"; allowed for selective-repeat: 1 to 256',
    ],
    [
      'bounds turned around',
      { text: '', minRto: 6, maxRto: 5 },
      '--min-rto is "6"; allowed: at most --max-rto, 5',
    ],
    [
      'a missing file',
      { file: missing },
      `${missing} can't be read: ENOENT: no such file or directory, stat '${missing}'`,
    ],
    ['a folder', { file: tmpdir() }, `${tmpdir()} is not a file`],
  ])('%s', async (_what, given, error) => {
    expect(await server.run(silent, given)).toEqual({ code: 2, lines: [`error: ${error}`] });
    expect(server.received).toEqual([]);
  });

  test('several at once, each on a line', async () => {
    const { lines } = await server.run(silent, { window: 1025, minRto: 6, maxRto: 5 });
    expect(lines).toHaveLength(3);
  });
});
