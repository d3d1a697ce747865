import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { FaultName } from '#lib/faults/echo/index.ts';
import { hmacKey } from '#lib/message/hmac.ts';
import { timer } from '#lib/runtime/timer.ts';
import { type Datagram, decodeDatagram, encodeDatagram, hmacProblem } from '#lib/transfer/datagram.ts';
import type { ModeName } from '#lib/transfer/kinds.ts';
import { createLab, type Lab, until } from '../testing.ts';
import { close, createFarSide, data, ID, LOOK_MS, open, RTO_MS } from '../transfer/testing.ts';
import { createUdpEcho } from './udp.ts';

/** The timeout of both sides when time is real. */
const REAL_RTO_MS = 8;
const clock = () => performance.now();

let lab: Lab;
let server: Socket;
let client: Socket;
let received: Buffer[];
/** A timer of the far side may still fire after the test. */
let isOver: boolean;

beforeEach(async () => {
  lab = await createLab('udp');
  received = [];
  isOver = false;
  client = createSocket('udp4', (bytes) => received.push(bytes)).bind(0, '127.0.0.1');
  await once(client, 'listening');
});

afterEach(async () => {
  isOver = true;
  for (const socket of [server, client]) socket.close();
  await lab.close();
});

async function serve(given: Partial<typeof lab.parts> = {}) {
  server = createUdpEcho({ ...lab.parts, ...given, onDropped: () => undefined }).bind(0, '127.0.0.1');
  await once(server, 'listening');
}

function send(...sent: (Datagram | Buffer)[]) {
  for (const one of sent) {
    client.send(Buffer.isBuffer(one) ? one : encodeDatagram(one), server.address().port, '127.0.0.1');
  }
}

/** Sends 8 pieces to the server and receives them back. Time is real, except for held datagrams. */
async function goAndComeBack(mode: ModeName, window: number) {
  await serve({ clock, timer });
  const pieces = Array.from({ length: 8 }, (_, index) => `piece ${index}\n`);
  const far = createFarSide(
    { mode, window, pieces, rto: REAL_RTO_MS },
    { clock, timer, transmit: (one) => isOver || send(one) },
  );
  client.on('message', (bytes) => far.takeBytes(bytes));
  far.sending.start();
  expect(await far.returned).toEqual({ text: pieces.join(''), intact: true });
  const noted = async () => (await lab.entries()).filter(({ event }) => event === 'transfer');
  await until(async () => (await noted()).length === 2);
  expect(await noted()).toMatchObject([{ state: 'received', intact: true }, { state: 'returned' }]);
}

const modes: [ModeName, number][] = [
  ['stop-and-wait', 1],
  ['go-back-n', 3],
  ['selective-repeat', 4],
];

test.each(modes)('by %s a transfer crosses and comes back whatever happens to it', async (mode, window) => {
  const script: FaultName[] = [
    ...(['none', 'loss', 'none', 'corruption', 'none', 'none', 'duplicate'] as const),
    ...(['reorder', 'none', 'none', 'truncate', 'none', 'none'] as const),
  ];
  lab.script(...script);
  await goAndComeBack(mode, window);
  const decisions = (await lab.entries()).filter(({ event }) => event === undefined);
  expect(decisions.length).toBeGreaterThan(40);
  expect(new Set(decisions.map(({ direction }) => direction))).toEqual(new Set(['in', 'out']));
  for (const [index, decision] of decisions.entries()) {
    const number = decision.kind === 'ACK' ? 'ack' : 'sequence';
    expect(decision).toMatchObject({
      message: index + 1,
      fault: script[index % script.length],
      transfer: ID,
      kind: expect.stringMatching(/^(OPEN|DATA|CLOSE|ACK)$/),
      [number]: expect.any(Number),
      protocol: 'udp',
    });
  }
});

test('without faults only the result of the transfer is journaled', async () => {
  await goAndComeBack('selective-repeat', 4);
  expect((await lab.entries()).map(({ event }) => event)).toEqual(['transfer', 'transfer']);
});

test('a script for both protocols applies to messages: a transfer has no faults, and uses no step', async () => {
  lab.parts.faults.prepare({ profile: 'script:loss,corruption,none' })();
  await goAndComeBack('stop-and-wait', 1);
  expect((await lab.entries()).map(({ event }) => event)).toEqual(['transfer', 'transfer']);
  expect(lab.parts.faults.status()).toMatchObject({ draws: 0, of: 'messages' });
});

test('with a token its datagrams of a transfer are signed, and refusals are not; faults apply to both', async () => {
  const key = hmacKey('alice')!;
  lab.script('none');
  await serve({ token: 'alice' });
  const at = Date.parse('2025-01-02T03:04:05.006Z');
  send(encodeDatagram(open({ at }), { key, side: 'C' }), encodeDatagram(open({}, { id: 'c0ffee02' })));
  await until(() => received.length === 2);
  expect(received.map((bytes) => decodeDatagram(bytes)!.kind).sort()).toEqual(['ABORT', 'ACK']);
  for (const bytes of received) {
    const one = decodeDatagram(bytes)!;
    const problem = one.kind === 'ABORT' ? 'no HMAC' : undefined;
    expect(hmacProblem(bytes, one, { key, side: 'S' })).toBe(problem);
  }
  const decisions = (await lab.entries()).filter(({ event }) => event === undefined);
  expect(decisions.map(({ direction, kind }) => `${direction} ${kind}`).sort()).toEqual([
    'in OPEN',
    'in OPEN',
    'out ABORT',
    'out ACK',
  ]);
  // The length is that of the payload, with or without an HMAC.
  const { length } = open({ at }).payload;
  expect(decisions).toContainEqual(expect.objectContaining({ kind: 'OPEN', transfer: ID, length }));
});

test('with a token no answer to a stranger has a valid HMAC, whatever the stranger invents or replays', async () => {
  const key = hmacKey('alice')!;
  await serve({ token: 'alice' });
  const victim = createSocket('udp4').bind(0, '127.0.0.1');
  await once(victim, 'listening');
  const at = Date.parse('2025-01-02T03:04:05.006Z');
  const sent = [open({ at }), data(1, 'Hel')].map((one) => encodeDatagram(one, { key, side: 'C' }));
  const acked = async (bytes: Buffer) => {
    const answer = once(victim, 'message');
    victim.send(bytes, server.address().port, '127.0.0.1');
    const [ack] = await answer;
    expect(hmacProblem(ack, decodeDatagram(ack)!, { key, side: 'S' })).toBeUndefined();
  };
  for (const bytes of sent) await acked(bytes);
  const version = Buffer.from('wirelab/2 OPEN  and whatever follows');
  send(version, data(7, 'x'), open({ at }), close(2), ...sent);
  await until(() => received.length === 6);
  for (const bytes of received) {
    const one = decodeDatagram(bytes)!;
    expect(one.kind).toBe('ABORT');
    expect(hmacProblem(bytes, one, { key, side: 'S' })).toBe('no HMAC');
  }
  await acked(encodeDatagram(data(2, 'lo'), { key, side: 'C' }));
  victim.close();
});

test('a damaged datagram is journaled as such and not answered', async () => {
  lab.script('none');
  await serve();
  const bytes = encodeDatagram(open());
  bytes[bytes.length - 1]! ^= 1;
  send(bytes);
  await until(async () => (await lab.entries()).length === 1);
  send(open());
  await until(() => received.length === 1);
  expect(await lab.entries()).toMatchObject([
    { fault: 'none', direction: 'in', damaged: true, length: bytes.length },
    { direction: 'in', transfer: ID, kind: 'OPEN' },
    { direction: 'out', transfer: ID, kind: 'ACK' },
  ]);
});

test('a message in the middle of a transfer comes back as usual', async () => {
  await serve();
  send(open(), Buffer.from('Hey|e4599fa9'), data(1, 'Hello'), close(2));
  await until(() => received.length === 4);
  const answers = received.map((bytes) => bytes.toString('latin1'));
  expect(answers).toContain('Hey|e4599fa9');
  expect(answers.filter((answer) => answer.startsWith('wirelab/1 ACK '))).toHaveLength(3);
});

test.each(['in', 'out'] as const)('a datagram is delayed on its way %s', async (direction) => {
  lab.script(...(direction === 'in' ? (['delay', 'none'] as const) : (['none', 'delay'] as const)));
  await serve();
  send(open());
  await until(() => lab.time.waiting(1_500) === 1);
  expect(received).toEqual([]);
  await lab.time.pass(1_500);
  await until(() => received.length === 1);
  expect(await lab.entries()).toMatchObject([{ direction: 'in' }, { direction: 'out' }]);
});

test('closing it in the middle of a transfer stops everything', async () => {
  await serve();
  send(open({ echo: true }), data(1, 'Hello'), close(2));
  await until(() => lab.time.waiting(RTO_MS) === 1);
  lab.script('delay');
  send(data(1, 'Hello'));
  await until(() => lab.time.waiting(1_500) === 1);
  server.close();
  await until(() => lab.time.waiting(1_500) === 0);
  expect([lab.time.waiting(RTO_MS), lab.time.waiting(LOOK_MS)]).toEqual([0, 0]);
  server = createSocket('udp4');
});
