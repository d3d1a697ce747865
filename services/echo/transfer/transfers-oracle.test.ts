import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hmacKey } from '#lib/message/hmac.ts';
import type { Datagram, Signature } from '#lib/transfer/datagram.ts';
import { until } from '../testing.ts';
import { close, data, datagram, kinds, LOOK_MS, open, peer, RTO_MS, useTransfers } from './testing.ts';

/*
 * The server must sign nothing that a stranger could pass to the client of a transfer as the server's datagram. Here a
 * stranger sends invented datagrams, and recorded ones of the client, from its own port.
 */

const TOKEN = 'alice';
const server = useTransfers(TOKEN);

const own: Signature = { key: hmacKey(TOKEN)!, side: 'C' };
const other: Signature = { key: hmacKey('bob')!, side: 'C' };
const stranger = { ...peer, port: 40_666 };
const opened = open({ at: 0, echo: true });
const foreign = 'wirelab/2 OPEN  id=c0ffee01 and whatever follows';

/** Gives the server datagrams of the client, and returns its answers. */
function receive(...datagrams: Datagram[]): Datagram[] {
  return datagrams.flatMap((one) => server.receiveSigned(one, own));
}

/** Whether each of the answers would be signed, by its kind. */
function answers(to: Datagram, signature: Signature | undefined, from = stranger): [string, boolean][] {
  return server.receiveSigned(to, signature, from).map((one) => [one.kind, server.isSigned(one)]);
}

const UNSIGNED = [['ABORT', false]];
const SIGNED = [['ABORT', true]];

/** How far the client's transfer is when the stranger sends. */
const stages: [string, () => unknown][] = [
  ['that has not begun', () => undefined],
  ['that is opened', () => receive(opened)],
  ['in its middle', () => receive(opened, data(1, 'Hel'))],
  ['that comes back', () => receive(opened, data(1, 'Hello'), close(2))],
  ['that has failed', () => receive(opened, datagram({ kind: 'ABORT' }))],
  [
    'that is forgotten',
    async () => {
      receive(open({ at: 0 }), data(1, 'Hello'), close(2));
      for (let look = 0; look < 3; look += 1) await server.time.pass(LOOK_MS);
      expect(server.transfers.size).toBe(0);
    },
  ],
];

describe.each(stages)('of a transfer %s', (_stage, comesThere) => {
  beforeEach(async () => {
    await comesThere();
  });

  test.each([
    ['without an HMAC', undefined],
    ['with that of another token', other],
    ['with that of the server', { ...own, side: 'S' } as const],
  ])('nothing is signed for a stranger %s', (_which, signature) => {
    for (const one of [opened, data(1, 'Hello'), close(2)]) {
      expect(answers(one, signature)).toEqual(UNSIGNED);
      expect(answers({ ...one, mode: 'go-back-n' }, signature)).toEqual(UNSIGNED);
    }
    for (const kind of ['ACK', 'ABORT'] as const) expect(answers(datagram({ kind }), signature)).toEqual([]);
  });

  test('nothing is signed for replayed DATA and CLOSE', () => {
    for (const one of [data(1, 'Hello'), close(2)]) expect(answers(one, own)).toEqual(UNSIGNED);
    for (const kind of ['ACK', 'ABORT'] as const) expect(answers(datagram({ kind }), own)).toEqual([]);
  });

  test('nothing is signed for a datagram of another version', () => {
    const before = server.sent.length;
    server.receiveBytes(foreign);
    expect(server.sent.slice(before).map((one) => [one.id, server.isSigned(one)])).toEqual([
      ['00000000', false],
    ]);
  });
});

describe.each(stages.slice(1))('of a transfer %s', (_stage, comesThere) => {
  test('nothing is signed for a replayed OPEN', async () => {
    await comesThere();
    expect(answers(opened, own)).toEqual(UNSIGNED);
    server.time.now += 31_000;
    expect(answers(opened, own)).toEqual(UNSIGNED);
  });
});

test.each([
  ['window', open({ at: 0 }, { window: 0 })],
  ['number', open({ at: 0 }, { sequence: 1 })],
  ['time', open()],
  ['fields', datagram({ kind: 'OPEN', window: 4, payload: Buffer.from('echo=maybe') })],
  ['memory', open({ at: 0, echo: true, bytes: 2 ** 30 })],
])('an OPEN that is not allowed by its %s is refused unsigned, from any port', (_what, one) => {
  expect(answers(one, own, peer)).toEqual(UNSIGNED);
  expect(answers(one, own)).toEqual(UNSIGNED);
});

describe('for a transfer that continues', () => {
  test.each<[string, Datagram]>([
    ['another OPEN', open({ at: 0, bytes: 6 })],
    ['DATA of another protocol', data(1, 'Hello', { mode: 'go-back-n' })],
  ])('no ABORT is signed, whatever is replayed: %s', (_what, one) => {
    receive(opened);
    expect(answers(one, own, peer)).toEqual(UNSIGNED);
    expect(kinds(receive(data(1, 'Hello')))).toEqual(['ACK']);
  });
});

describe('for a failed transfer an ABORT to its client is signed', () => {
  test('when more data arrived than announced', () => {
    receive(opened, data(1, 'Hello'));
    const [abort] = receive(data(2, 'more'));
    expect([abort!.kind, server.isSigned(abort!), server.states()]).toEqual(['ABORT', true, ['refused']]);
  });

  test('when nobody received the return', async () => {
    receive(opened, data(1, 'Hello'), close(2));
    await server.time.pass(RTO_MS);
    await server.time.pass(RTO_MS);
    await until(() => server.sent.at(-1)!.kind === 'ABORT');
    expect([server.isSigned(server.sent.at(-1)!), server.states()]).toEqual([true, ['received', 'silent']]);
  });

  test('and again when the client continues, but not for a stranger', () => {
    receive(opened, datagram({ kind: 'ABORT' }));
    expect(answers(data(1, 'Hello'), own, peer)).toEqual(SIGNED);
    expect(answers(data(1, 'Hello'), own)).toEqual(UNSIGNED);
  });
});

test('whatever a stranger sends, and whenever, nothing is signed and the transfer succeeds', () => {
  const all = [opened, data(1, 'Hello'), close(2)];
  const sends = fc.record({
    one: fc.constantFrom(...all, data(7, 'x'), datagram({ kind: 'ACK' }), datagram({ kind: 'ABORT' })),
    mode: fc.constantFrom('selective-repeat' as const, 'go-back-n' as const),
    signature: fc.constantFrom(undefined, other),
  });
  const property = fc.property(fc.array(fc.array(sends, { maxLength: 6 }), { maxLength: 4 }), (turns) => {
    for (let turn = 0; turn < 4; turn += 1) {
      for (const { one, mode, signature } of turns[turn] ?? []) {
        expect(answers({ ...one, mode }, signature).filter(([, isSigned]) => isSigned)).toEqual([]);
      }
      // Earlier datagrams of the client were recorded.
      for (const one of all.slice(0, turn)) {
        expect(answers(one, own).filter(([, isSigned]) => isSigned)).toEqual([]);
      }
      const next = all[turn];
      if (next) expect(receive(next).some((one) => server.isSigned(one) && one.kind === 'ACK')).toBe(true);
    }
    server.transfers.close();
    server.time.now += 61_000;
    all[0] = open({ at: server.time.now, echo: true });
  });
  fc.assert(property, { numRuns: 100, seed: 7 });
});
