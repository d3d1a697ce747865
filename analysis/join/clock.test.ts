import { describe, expect, test } from '@jest/globals';
import { encodeMessage } from '#lib/message/message.ts';
import { Wire } from './join-testing.ts';

/** Ways to set a clock in the middle of a run. */
const steps: readonly [string, (wire: Wire) => void][] = [
  ['is set back an hour', (wire) => wire.setClock(-3_600)],
  ['is set back two seconds', (wire) => wire.setClock(-2)],
  ['is set back a fifth of a second', (wire) => wire.setClock(-0.2)],
  ['is set forward an hour, as after a suspend', (wire) => wire.setClock(3_600)],
  ['is set forward three seconds', (wire) => wire.setClock(3)],
  ['of the capture alone is set back', (wire) => move(wire, 'captureAhead', -3_600)],
  ['of the capture alone is set forward', (wire) => move(wire, 'captureAhead', 3_600)],
  ['of the journal alone is set back', (wire) => move(wire, 'journalAhead', -3_600)],
  ['of the journal alone is set forward', (wire) => move(wire, 'journalAhead', 3_600)],
];

function move(wire: Wire, clock: 'captureAhead' | 'journalAhead', seconds: number): void {
  wire[clock] += seconds;
}

/** How many exchanges of each kind there are; the clock is set among them. */
const EXCHANGES = 6;

function exchanges(wire: Wire, set: () => void, when: 'first' | 'between' | 'within'): void {
  const http = wire.tcp({ server: 'http' }).open();
  const echo = wire.tcp({ port: 40_001 }).open();
  const udp = wire.udp(40_002);
  if (when === 'first') set();
  for (let number = 1; number <= EXCHANGES; number += 1) {
    const message = encodeMessage(`message ${number}`);
    const isNow = number === 3;
    if (isNow && when === 'between') set();
    http.get();
    if (isNow && when === 'within') set();
    http.outcome(number % 2 ? '200' : '403');
    http.code(number % 2 ? '200' : '403');
    echo.client(message);
    const late = { fault: 'delay', delay_ms: 400 } as const;
    echo.decide(message, late);
    udp.client(message);
    udp.decide(message, late);
    wire.pass(0.4);
    echo.answer(message);
    udp.answer(message);
    wire.pass(1);
  }
  for (const tcp of [http, echo]) {
    tcp.fin('client');
    tcp.fin('server');
  }
  // Finished connections are dropped.
  for (let number = 0; number < 20; number += 1) {
    wire.pass(1);
    wire.tcp({ port: 41_000 + number }).open();
  }
}

describe.each(['first', 'between', 'within'] as const)('%s', (when) => {
  test.each(steps)('no entry is contradicted when the clock %s', async (_what, set) => {
    const wire = new Wire();
    exchanges(wire, () => set(wire), when);
    const { matches, unjournaled } = await wire.join();
    expect(matches).toHaveLength(3 * EXCHANGES);
    expect(
      matches.filter(({ reason }) => reason !== 'response-sent').map(({ reason, entry }) => [reason, entry]),
    ).toEqual([]);
    expect(unjournaled).toEqual([]);
  });
});

test('a clock that was not set is not mentioned', async () => {
  const wire = new Wire();
  exchanges(wire, () => undefined, 'first');
  expect((await wire.join()).clock).toBeUndefined();
});

test('one sentence reports that a clock was set back, and where', async () => {
  const wire = new Wire();
  exchanges(wire, () => wire.setClock(-3_600), 'between');
  expect((await wire.join()).clock).toMatch(
    /^the clock was set back 3599 s at frame \d+: entries are matched with frames by order and content, not by time$/,
  );
});

test('one sentence reports that capture and journal have different clocks, and from which entry on', async () => {
  const wire = new Wire();
  exchanges(wire, () => move(wire, 'journalAhead', 3_600), 'between');
  expect((await wire.join()).clock).toBe(
    "from entry 7 on, the journal's clock is 3600 s ahead of the capture's: entries are matched with frames by order and content, not by time",
  );
});

test('a missing answer is unknown near a clock step, and contradicted far from it', async () => {
  const wire = new Wire();
  const tcp = wire.tcp().open();
  tcp.client('one\n');
  tcp.decide('one\n');
  wire.pass(100);
  tcp.client('');
  wire.setClock(-10);
  tcp.client('two\n');
  tcp.decide('two\n');
  wire.pass(20);
  tcp.client('');
  const { matches } = await wire.join();
  expect(matches.map(({ reason }) => reason)).toEqual(['response-missing', 'clock-set']);
});

test('a wrong answer far from a clock step contradicts its entry', async () => {
  const wire = new Wire();
  const http = wire.tcp({ server: 'http' }).open();
  http.get();
  http.outcome('200');
  http.code('500');
  wire.pass(100);
  wire.setClock(-1);
  http.client('');
  expect((await wire.join()).matches.map(({ reason }) => reason)).toEqual(['response-differs']);
});

describe('a long exchange is no clock step', () => {
  const contradicted = (wire: Wire) => {
    const http = wire.tcp({ server: 'http', port: 41_000 }).open();
    http.get();
    http.outcome('200');
    http.code('500');
  };

  test('a handshake that fails after three seconds', async () => {
    const wire = new Wire();
    const tcp = wire.tcp({ tls: 'TLSv1.3' }).open();
    wire.pass(3);
    wire.note('handshake', {
      server: 'echo',
      client_ip: '10.0.142.133',
      client_port: 40_000,
      reason: 'timeout',
    });
    wire.pass(0.5);
    tcp.fin('server');
    tcp.fin('client');
    contradicted(wire);
    const { clock, matches, handshakes } = await wire.join();
    expect(clock).toBeUndefined();
    expect(handshakes.map(({ reason }) => reason)).toEqual(['handshake-failed']);
    expect(matches.map(({ reason }) => reason)).toEqual(['response-differs']);
  });

  test('a request whose body ends after its decision', async () => {
    const wire = new Wire();
    const http = wire.tcp({ server: 'http' }).open();
    const begun = http.client('GET /getbalance HTTP/1.1\r\ncontent-length: 1\r\n\r\n');
    http.outcome('timeout');
    wire.pass(3);
    http.client('x', { requests: ['GET /getbalance'], begin: begun.number });
    wire.pass(5);
    http.fin('server');
    contradicted(wire);
    const { clock, matches } = await wire.join();
    expect(clock).toBeUndefined();
    expect(matches.map(({ reason }) => reason)).toEqual(['nothing-sent', 'response-differs']);
  });
});
