import { describe, expect, test } from '@jest/globals';
import type { Datagram } from '#lib/transfer/datagram.ts';
import { close, data, datagram, ID, kinds, LOOK_MS, open, RTO_MS, text, useTransfers } from './testing.ts';

/** The largest echo that fits into 64 MiB with a window of 1, overheads included. */
const FULL_BYTES = 41_780_640;

const server = useTransfers();

describe('is refused', () => {
  test.each<[string, Datagram, string]>([
    ['a window of 0', open({}, { window: 0 }), 'the window is 0; allowed for selective-repeat: 1 to 256'],
    ['one of 257', open({}, { window: 257 }), 'the window is 257; allowed for selective-repeat: 1 to 256'],
    [
      'one of 2 with stop-and-wait',
      open({}, { window: 2, mode: 'stop-and-wait' }),
      'the window is 2; allowed for stop-and-wait: 1 to 1',
    ],
    ['a number', open({}, { sequence: 7 }), 'an OPEN has the number 7; allowed: 0'],
    ['no tries', open({ tries: 0 }), 'tries is "0"; allowed: a whole number from 1 to 1000'],
    ['bounds in the wrong order', open({ minRto: 50 }), 'min-rto is "50"; allowed: at most max-rto, 40'],
    [
      'nothing that it needs, all of it at once',
      open({}, { payload: Buffer.from('bytes=-1 segment=1 echo=maybe min-rto=1 max-rto=1 tries=1') }),
      'echo is "maybe"; allowed: yes, no; bytes is "-1"; allowed: a whole number from 0 to 9007199254740991',
    ],
  ])('an OPEN with %s', (_what, one, reason) => {
    expect(server.refused(one)).toBe(reason);
    expect(server.note.mock.calls).toMatchObject([['transfer', { transfer: ID, state: 'refused', reason }]]);
    expect([server.transfers.size, server.time.waiting(LOOK_MS)]).toEqual([0, 0]);
  });

  test.each([
    ['in order', [data(1, 'Hello!'), data(2, '!')]],
    ['after a gap', [data(2, '!'), data(1, 'Hello!')]],
    ['after a CLOSE', [close(2), data(1, 'Hello!')]],
  ])('once, an echo of more bytes than were announced, %s', (_order, datagrams) => {
    server.receive(open({ echo: true }));
    const aborts = server.receive(...datagrams).filter(({ kind }) => kind === 'ABORT');
    expect(text(aborts[0]!)).toBe('more data arrived than the OPEN announced: 5 bytes, 5 in a segment');
    expect(server.note.mock.calls).toMatchObject([['transfer', { state: 'refused', bytes: 6 }]]);
    expect(kinds(server.receive(open({ echo: true })))).toEqual(['ABORT']);
  });

  test('an echo of more segments than were announced', () => {
    server.receive(open({ echo: true }));
    const aborts = server.receive(data(1, ''), data(2, '')).filter(({ kind }) => kind === 'ABORT');
    expect(aborts).toHaveLength(1);
    expect(server.states()).toEqual(['refused']);
  });

  test('an OPEN with a long value, which is shown in part', () => {
    const payload = Buffer.from(`tries=${'x'.repeat(1_300)}`);
    expect(server.refused(open({}, { payload }))).toContain(`tries is "${'x'.repeat(40)}"; allowed`);
  });

  test('a datagram of another version', () => {
    server.receiveBytes('wirelab/2 OPEN  and more');
    const payload = Buffer.from('this server does not know version 2; allowed: 1');
    expect(server.sent).toEqual([
      datagram({ kind: 'ABORT', id: '00000000', mode: 'stop-and-wait', payload }),
    ]);
  });

  test.each(['wirelab/1 OPEN  and more', 'wirelab/x', 'wirelab/'])('nothing damaged: %j', (bytes) => {
    server.receiveBytes(bytes);
    expect(server.sent).toEqual([]);
  });
});

describe('the memory of all transfers together', () => {
  const echo = (bytes: number) => open({ bytes, segment: 1_320, echo: true }, { window: 1 });

  test('limits an echo', () => {
    expect(server.refused(echo(FULL_BYTES + 1))).toBe(
      'the transfer would take 67109257 bytes of memory; allowed: 67108864 of the 67108864 for all transfers',
    );
    expect(kinds(server.receive(echo(FULL_BYTES)))).toEqual(['ACK']);
  });

  test('does not limit a transfer that does not come back', () => {
    expect(kinds(server.receive(open({ bytes: Number.MAX_SAFE_INTEGER })))).toEqual(['ACK']);
  });

  test('is reduced by the data of other transfers', () => {
    const other = { id: 'c0ffee02' };
    server.receive(open({ echo: true }, { ...other, window: 1 }));
    expect(server.refused(echo(FULL_BYTES))).toMatch(
      /; allowed: 67102648 of the 67108864 for all transfers$/,
    );
    server.receive(data(1, 'Hello', other));
    expect(server.refused(echo(FULL_BYTES))).toMatch(
      /; allowed: 67101843 of the 67108864 for all transfers$/,
    );
  });

  test('counts the segments of an echo, however short they are', () => {
    expect(server.refused(open({ bytes: 100_000, segment: 1, echo: true }, { window: 1 }))).toMatch(
      /^the transfer would take 80106216 bytes of memory/,
    );
  });

  test('ends an echo when none is left', () => {
    server.receive(open({ bytes: 5_000, segment: 1_000, echo: true }));
    let refused = 0;
    for (let number = 0xc0ffee10; refused < 2; number += 1) {
      const [answer] = server.receive(open({}, { id: number.toString(16), window: refused === 0 ? 256 : 1 }));
      if (answer?.kind === 'ABORT') refused += 1;
    }
    const answers = [1, 2, 3, 4, 5].flatMap((number) => server.receive(data(number, 'x'.repeat(1_000))));
    expect(text(answers.find(({ kind }) => kind === 'ABORT')!)).toMatch(
      /^no memory is left: all transfers together may use 67108864/,
    );
    expect(server.note).toHaveBeenLastCalledWith(
      'transfer',
      expect.objectContaining({ transfer: ID, state: 'refused' }),
    );
  });

  test('is taken from finished transfers when another one needs it', () => {
    server.receive(open(), data(1, 'Hello'), close(2));
    expect(server.transfers.size).toBe(1);
    expect(
      kinds(
        server.receive(
          open({ bytes: FULL_BYTES, segment: 1_320, echo: true }, { id: 'c0ffee02', window: 1 }),
        ),
      ),
    ).toEqual(['ACK']);
    expect(server.transfers.size).toBe(1);
  });

  test('is free again when all transfers have ended, in any way', async () => {
    for (let index = 0; index < 40; index += 1) {
      const given = { id: `c0ffee${index + 10}` };
      server.receive(open({ echo: index % 2 === 0 }, given), data(1, 'Hel', given));
      if (index % 4 === 0) server.receive(datagram({ kind: 'ABORT', ...given }));
      else if (index % 4 === 1) server.receive(data(2, 'lo', given), close(3, given));
      else if (index % 4 === 2) server.receive(data(2, 'lo and more', given));
    }
    expect(server.transfers.size).toBe(40);
    for (let second = 0; second < 3; second += 1) await server.time.pass(LOOK_MS);
    expect(server.transfers.size).toBe(0);
    expect(kinds(server.receive(echo(FULL_BYTES)))).toEqual(['ACK']);
  });
});

describe('silence', () => {
  test('ends a transfer, counted from the last datagram', async () => {
    server.receive(open());
    for (let second = 0; second < 2; second += 1) await server.time.pass(LOOK_MS);
    server.receive(data(1, 'Hel'));
    for (let second = 0; second < 2; second += 1) await server.time.pass(LOOK_MS);
    expect(server.states()).toEqual([]);
    await server.time.pass(LOOK_MS);
    const detail = { state: 'idle', reason: 'no datagram arrived for 3 s', bytes: 3 };
    expect(server.note.mock.calls).toMatchObject([['transfer', detail]]);
    expect([server.transfers.size, server.time.waiting(LOOK_MS)]).toEqual([0, 0]);
  });

  test('makes the server forget a finished transfer without telling anybody', async () => {
    server.receive(open(), data(1, 'Hello'), close(2));
    for (let second = 0; second < 3; second += 1) await server.time.pass(LOOK_MS);
    expect(server.states()).toEqual(['received']);
    expect([server.transfers.size, server.time.waiting(LOOK_MS)]).toEqual([0, 0]);
  });
});

test('closing ends all transfers without telling anybody, and leaves no timer', () => {
  server.receive(open({ echo: true }), data(1, 'Hello'), close(2), open({}, { id: 'c0ffee02' }));
  expect([server.time.waiting(RTO_MS), server.time.waiting(LOOK_MS)]).toEqual([1, 1]);
  const before = server.sent.length;
  server.transfers.close();
  expect([server.time.waiting(RTO_MS), server.time.waiting(LOOK_MS)]).toEqual([0, 0]);
  expect([server.transfers.size, server.sent.length, server.states()]).toEqual([0, before, ['received']]);
});
