import { describe, expect, test } from '@jest/globals';
import { hmacKey } from '#lib/message/hmac.ts';
import { type Datagram, encodeDatagram, type Signature } from '#lib/transfer/datagram.ts';
import { close, data, datagram, ID, kinds, LOOK_MS, open, peer, text, useTransfers } from './testing.ts';

const TOKEN = 'alice';
const server = useTransfers(TOKEN);

const own: Signature = { key: hmacKey(TOKEN)!, side: 'C' };
const other: Signature = { key: hmacKey('bob')!, side: 'C' };
const opened = open({ at: 0 });
const elsewhere = { ...peer, port: 40_002 };

/** Gives the server datagrams of the client, and returns its answers. */
function receive(...datagrams: Datagram[]) {
  return datagrams.flatMap((one) => server.receiveSigned(one, own));
}

/** The ABORT that answers a datagram. */
function refused(one: Datagram, signature?: Signature, from = peer) {
  const answers = server.receiveSigned(one, signature, from);
  expect(kinds(answers)).toEqual(['ABORT']);
  return text(answers[0]!);
}

const journaled = () => server.note.mock.calls.map(([, detail]) => detail);

test('a signed transfer works as usual', () => {
  expect(kinds(receive(opened, opened, data(1, 'Hello'), data(1, 'Hello'), close(2)))).toEqual(
    Array(5).fill('ACK'),
  );
  expect(server.states()).toEqual(['received']);
});

describe('an OPEN', () => {
  test.each<[string, Signature | undefined, string, string]>([
    ['without an HMAC', undefined, 'no HMAC', 'no HMAC, and this server wants one (LAB_TOKEN)'],
    ['of another token', other, 'wrong HMAC', 'wrong HMAC'],
    ['of the other side', { ...own, side: 'S' }, 'wrong HMAC', 'wrong HMAC'],
  ])('%s is refused and journaled', (_which, signature, reason, told) => {
    expect(refused(opened, signature)).toBe(told);
    expect(journaled()).toEqual([
      {
        ...{ client_ip: peer.address, client_port: peer.port, transfer: ID, state: 'refused' },
        ...{ mode: 'selective-repeat', window: 4, reason },
      },
    ]);
    expect([server.transfers.size, server.time.waiting(LOOK_MS)]).toEqual([0, 0]);
    expect(server.said).toEqual([
      `[UDP SERVER] Transfer ${ID} of ('${peer.address}', ${peer.port}) refused: ${reason}`,
    ]);
    expect(JSON.stringify([journaled(), told, server.said])).not.toContain(TOKEN);
  });

  test.each([
    ['old', 31_000],
    ['ahead', -31_000],
  ])('that is %s is refused as a replay', (which, now) => {
    server.time.now = now;
    expect(refused(opened, own)).toBe(
      `replayed, or a clock is wrong: the OPEN is 31 s ${which}; allowed: 30 s`,
    );
    expect(journaled()).toMatchObject([{ state: 'refused', reason: 'replayed' }]);
  });

  test('from another port is refused as a replay, and the transfer continues', () => {
    receive(opened);
    expect(refused(opened, own, elsewhere)).toBe(`replayed: an OPEN with the id ${ID} was accepted before`);
    expect(kinds(receive(data(1, 'Hello'), close(2)))).toEqual(['ACK', 'ACK']);
    expect(server.states()).toEqual(['refused', 'received']);
  });

  test('of a forgotten transfer is refused as a replay', async () => {
    receive(opened, data(1, 'Hello'), close(2));
    for (let look = 0; look < 3; look += 1) await server.time.pass(LOOK_MS);
    expect(server.transfers.size).toBe(0);
    expect(refused(opened, own)).toMatch(/^replayed: /);
  });

  test('that was refused for its parameters may be repeated', () => {
    const bad = open({ at: 0 }, { window: 0 });
    expect([refused(bad, own), refused(bad, own)]).toEqual(
      Array(2).fill('the window is 0; allowed for selective-repeat: 1 to 256'),
    );
  });

  test('without its time is refused', () => {
    expect(refused(open(), own)).toBe('the OPEN has no time, and this server requires one (LAB_TOKEN)');
  });
});

describe('a datagram that is not authentic', () => {
  const kindsOfThem: [string, Datagram][] = [
    ['DATA', data(1, 'Hello')],
    ['CLOSE', close(1)],
  ];

  test.each(kindsOfThem)(
    'is answered with the reason when it is a %s of no transfer, and is not journaled',
    (_kind, one) => {
      expect(refused(one)).toMatch(/^no HMAC/);
      expect(refused(one, other)).toBe('wrong HMAC');
      expect(server.note).not.toHaveBeenCalled();
    },
  );

  test.each(['ACK', 'ABORT'] as const)('is not answered when it is an %s', (kind) => {
    expect(server.receiveSigned(datagram({ kind }), other)).toEqual([]);
    expect(server.receiveSigned(datagram({ kind }))).toEqual([]);
  });

  test.each([undefined, other])('has no effect on a current transfer: no answer, and no end', async (by) => {
    receive(opened, data(1, 'Hel'));
    server.time.now = 2_500;
    const all = [opened, data(2, 'lo'), close(2), datagram({ kind: 'ABORT' }), datagram({ kind: 'ACK' })];
    for (const one of all) expect(server.receiveSigned(one, by)).toEqual([]);
    expect([server.states(), server.transfers.size]).toEqual([[], 1]);
    // It does not keep a transfer alive either.
    await server.time.pass(LOOK_MS);
    expect(server.states()).toEqual(['idle']);
  });

  test('is also one of the server itself', () => {
    receive(open({ at: 0, echo: true }), data(1, 'Hello'), close(2));
    for (const one of server.sent.slice()) {
      expect(server.receiveSigned(one, { ...own, side: 'S' })).toEqual([]);
    }
    expect(server.states()).toEqual(['received']);
  });
});

describe('without a token', () => {
  const plain = useTransfers();

  test('a signed OPEN is refused, because its answers could not be signed', () => {
    expect(plain.receiveSigned(opened, own).map(text)).toEqual([
      'the datagram has an HMAC, and this server has no token to check it (LAB_TOKEN)',
    ]);
    expect(plain.states()).toEqual(['refused']);
  });

  test('an id may be used again, also from another port', () => {
    for (const from of [peer, elsewhere]) {
      plain.transfers.receive(opened, encodeDatagram(opened), from);
    }
    expect(plain.transfers.size).toBe(2);
  });
});
