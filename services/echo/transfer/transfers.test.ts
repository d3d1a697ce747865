import { describe, expect, test } from '@jest/globals';
import type { Datagram } from '#lib/transfer/datagram.ts';
import type { ModeName } from '#lib/transfer/kinds.ts';
import { decodeReceipt } from '#lib/transfer/receipt.ts';
import { until } from '../testing.ts';
import {
  close,
  createFarSide,
  data,
  datagram,
  HELLO_SHA256,
  ID,
  kinds,
  open,
  peer,
  RTO_MS,
  text,
  useTransfers,
} from './testing.ts';

const server = useTransfers();

describe('a transfer', () => {
  test('is opened with the requested window', () => {
    expect(server.receive(open())).toEqual([datagram({ kind: 'ACK', window: 4 })]);
    expect(server.transfers.size).toBe(1);
    expect(server.said).toEqual([
      `[UDP SERVER] Transfer ${ID} of ('10.0.142.133', 40001) opened: selective-repeat, window 4, 5 bytes`,
    ]);
  });

  test('ends with the receipt of the received data', () => {
    const [, , again, receipt] = server.receive(open(), data(1, 'Hello'), data(1, 'Hello'), close(2));
    expect(again).toMatchObject({ kind: 'ACK', ack: 1 });
    expect(receipt).toMatchObject({ kind: 'ACK', ack: 2 });
    expect(decodeReceipt(receipt!.payload)).toEqual({
      bytes: 5,
      sha256: HELLO_SHA256,
      duplicates: 1,
      outOfOrder: 0,
    });
  });

  test('is journaled and printed when it is received', () => {
    server.receive(open());
    server.time.now = 1_234.4;
    server.receive(data(1, 'Hello'), close(2));
    const entry = {
      ...{ client_ip: peer.address, client_port: peer.port, transfer: ID, state: 'received' },
      ...{ mode: 'selective-repeat', window: 4, bytes: 5, sha256: HELLO_SHA256 },
      ...{ duplicates: 0, out_of_order: 0, intact: true, seconds: 1.234 },
    };
    expect(server.note.mock.calls).toEqual([['transfer', entry]]);
    expect(server.said.at(-1)).toMatch(
      new RegExp(`received: 5 bytes in 1.234 s, 0 duplicates, SHA-256 ${HELLO_SHA256}$`),
    );
  });

  test('of other bytes than the sent ones is journaled as such', () => {
    server.receive(open(), data(1, 'Hullo'), close(2));
    expect(server.note).toHaveBeenCalledWith('transfer', expect.objectContaining({ intact: false }));
    expect(server.said.at(-1)).toMatch(/; the sent bytes have another one$/);
  });

  test('continues when it can not be journaled', async () => {
    server.note.mockRejectedValue(new Error('ENOSPC'));
    expect(kinds(server.receive(open(), data(1, 'Hello'), close(2)))).toEqual(['ACK', 'ACK', 'ACK']);
    await new Promise(setImmediate);
  });

  test('is not opened twice by a duplicate OPEN', () => {
    expect(server.receive(open(), open())).toEqual(Array(2).fill(datagram({ kind: 'ACK', window: 4 })));
    expect(server.transfers.size).toBe(1);
    expect(server.said).toHaveLength(1);
  });

  test('with the same id from another port is another transfer', () => {
    server.receive(open(), data(1, 'Hello'));
    server.transfers.receive(open({ bytes: 6 }), Buffer.alloc(0), { ...peer, port: 40_002 });
    expect(server.sent.at(-1)).toEqual(datagram({ kind: 'ACK', window: 4 }));
    expect(server.transfers.size).toBe(2);
  });

  test.each<[string, Datagram]>([
    ['an OPEN that asks for something else', open({ bytes: 6 })],
    ['a DATA of another protocol', data(1, 'Hello', { mode: 'go-back-n' })],
  ])('continues when %s arrives with its id', (_what, other) => {
    server.receive(open());
    expect(server.refused(other)).toBe(`the id ${ID} belongs to another transfer of this client`);
    expect(kinds(server.receive(data(1, 'Hello'), close(2)))).toEqual(['ACK', 'ACK']);
    expect(server.states()).toEqual(['received']);
  });

  test('that the client aborts is journaled, and a late OPEN does not begin it again', () => {
    expect(server.receive(open(), data(1, 'Hel'))).toHaveLength(2);
    expect(server.receive(datagram({ kind: 'ABORT', payload: Buffer.from('enough') }))).toEqual([]);
    expect(server.note.mock.calls).toMatchObject([
      ['transfer', { state: 'aborted', reason: 'enough', bytes: 3 }],
    ]);
    expect(server.refused(open())).toBe('enough');
  });

  test('that is received can not be aborted any more', () => {
    server.receive(open(), data(1, 'Hello'), close(2), datagram({ kind: 'ABORT' }));
    expect(server.states()).toEqual(['received']);
    expect(kinds(server.receive(close(2)))).toEqual(['ACK']);
  });
});

describe('an unknown transfer', () => {
  test.each([
    ['DATA', data(1, 'Hello')],
    ['CLOSE', close(1)],
  ])('has its %s answered with an ABORT that explains what may have happened', (_kind, one) => {
    const reason = 'it was never opened, ended long ago, or the server has restarted since';
    expect(server.refused(one)).toBe(`the server has no transfer ${ID}: ${reason}`);
    expect(server.note).not.toHaveBeenCalled();
  });

  test.each(['ACK', 'ABORT'] as const)('has its %s answered by nothing', (kind) => {
    expect(server.receive(datagram({ kind }))).toEqual([]);
  });
});

describe('an echo', () => {
  const rounds: [ModeName, number][] = [
    ['stop-and-wait', 1],
    ['go-back-n', 3],
    ['selective-repeat', 4],
  ];

  test.each(rounds)('comes back by %s', async (mode, window) => {
    const toServer = (one: Datagram) => queueMicrotask(() => void server.receive(one));
    const client = createFarSide(
      { mode, window, pieces: ['He', 'l', 'lo'], rto: RTO_MS },
      { ...server.time, transmit: toServer },
    );
    server.connect(client);
    expect(await client.returned).toEqual({ text: 'Hello', intact: true });
    await until(() => server.states().length === 2);
    expect(server.note.mock.calls[1]).toMatchObject([
      'transfer',
      { state: 'returned', mode, window, bytes: 5, sha256: HELLO_SHA256, segments: 5, retransmissions: 0 },
    ]);
    expect(server.said.at(-1)).toMatch(/ returned: 5 bytes in 0 s$/);
    expect(server.time.waiting(RTO_MS)).toBe(0);
  });

  test('is opened with the received size, and the bounds that the client asked for', () => {
    server.receive(open({ echo: true }), data(1, 'Hello'), close(2));
    expect(server.sent.find(({ kind }) => kind === 'OPEN')).toEqual(open());
  });

  test('is given up when nobody acknowledges it', async () => {
    server.receive(open({ echo: true }), data(1, 'Hello'), close(2));
    await server.time.pass(RTO_MS);
    await server.time.pass(RTO_MS);
    await until(() => server.states().includes('silent'));
    const reason = 'segment 0 timed out 2 times and was never acknowledged';
    expect(kinds(server.sent)).toEqual(['ACK', 'ACK', 'ACK', 'OPEN', 'OPEN', 'ABORT']);
    expect(text(server.sent.at(-1)!)).toBe(reason);
    expect(server.note).toHaveBeenLastCalledWith(
      'transfer',
      expect.objectContaining({ state: 'silent', reason }),
    );
    expect(server.time.waiting(RTO_MS)).toBe(0);
  });

  test('ends when the client aborts it on its way back', async () => {
    server.receive(open({ echo: true }), data(1, 'Hello'), close(2), datagram({ kind: 'ABORT' }));
    expect(server.states()).toEqual(['received', 'aborted']);
    expect(server.time.waiting(RTO_MS)).toBe(0);
  });
});

test('a second CLOSE, and datagrams between the two, end nothing', () => {
  server.receive(open(), close(3), close(2), data(1, 'Hello'));
  expect(server.states()).toEqual(['received']);
  expect(kinds(server.receive(close(4), data(4, 'more')))).toEqual([]);
});
