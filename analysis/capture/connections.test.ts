import { beforeEach, describe, expect, test } from '@jest/globals';
import { Connections } from './connections.ts';
import { ACK, FIN, RST, SYN } from './frames.ts';
import { type CarriedFields, carried } from './testing.ts';

/** SYN with ECE and CWR, which offers ECN. */
const ECN_SYN = 0xc0 | SYN;

let connections: Connections<string>;
let gone: string[];

function create(most?: number) {
  let count = 0;
  gone = [];
  const next = () => {
    count += 1;
    return `#${count}`;
  };
  connections = new Connections({ create: next, onGone: ({ state }) => gone.push(state), most });
}

beforeEach(() => create());

const take = (fields: CarriedFields = {}) => connections.take(carried({ seq: 1_000, ...fields }));
const of = (fields: CarriedFields = {}) => take(fields).connection.state;
const server = (fields: CarriedFields) => ({ toServer: false, seq: 9_000, ...fields });

describe('a segment belongs to', () => {
  test('the connection of its ports', () => {
    expect(of({ flags: SYN })).toBe('#1');
    expect(of(server({ flags: SYN | ACK }))).toBe('#1');
    expect(of({ port: 8080 })).toBe('#2');
    expect(of({ client: 40_001 })).toBe('#3');
    expect(of({ transport: 'udp' })).toBe('#4');
    expect(of()).toBe('#1');
  });

  test.each([SYN, ECN_SYN])('a new one that it opens by flags %i, unless it is a retransmission', (flags) => {
    of();
    expect(of({ flags })).toBe('#2');
    expect(of({ flags })).toBe('#2');
    expect(of({ flags, seq: 2_000 })).toBe('#3');
    expect(gone).toEqual(['#1', '#2']);
  });

  test('a new one that only the SYN of the server shows', () => {
    expect(of(server({ flags: SYN | ACK }))).toBe('#1');
    expect(of(server({ flags: SYN | ACK }))).toBe('#1');
    expect(of(server({ flags: SYN | ACK, seq: 70_000 }))).toBe('#2');
  });

  test('a new one with the sequence number of one that ended some time ago', () => {
    const close = (time: number) => {
      of({ time, flags: FIN | ACK });
      return of(server({ time, flags: FIN | ACK }));
    };
    expect(of({ time: 0, flags: SYN })).toBe('#1');
    expect(of({ time: 9, flags: SYN })).toBe('#1');
    expect(close(10)).toBe('#1');
    expect(of({ time: 12, flags: SYN })).toBe('#1');
    expect(of({ time: 16, flags: SYN })).toBe('#2');
    expect(of({ time: 16, flags: RST })).toBe('#2');
    expect(of({ time: 20, flags: SYN })).toBe('#3');
  });

  test('a new one when it is far before the end of the stream', () => {
    expect(of({ text: 'abc', seq: 3_000_000_000 })).toBe('#1');
    expect(of({ text: 'abc', seq: 3_000_000_003 - 2 ** 24 })).toBe('#1');
    expect(of({ text: 'abc', seq: 2_900_000_000 })).toBe('#2');
  });

  test('the open one whose SYN is known, though it is far before the end of the stream', () => {
    expect(of({ flags: SYN, seq: 3_000_000_000 })).toBe('#1');
    expect(of({ text: 'abc', seq: 2_900_000_000 })).toBe('#1');
    expect(of({ text: 'abc', seq: 3_000_000_001 })).toBe('#1');
    expect(of({ flags: RST, seq: 3_000_000_004 })).toBe('#1');
    expect(of({ text: 'abc', seq: 2_900_000_000 })).toBe('#2');
  });

  test.each([
    ['reset', [{ flags: RST, seq: 2_900_000_000 }]],
    ['closed', [{ flags: FIN, seq: 2_900_000_000 }, server({ flags: FIN, seq: 3_000_000_000 })]],
  ])('the open one, after a late segment of an earlier one that would have %s it', (_how, ends) => {
    expect(of({ flags: SYN, seq: 3_000_000_000 })).toBe('#1');
    expect(of(server({ flags: SYN | ACK }))).toBe('#1');
    for (const end of ends) expect(of(end)).toBe('#1');
    expect(of({ text: 'abc', seq: 2_900_000_000 })).toBe('#1');
    expect(of({ text: 'abc', seq: 3_000_000_001 })).toBe('#1');
  });
});

describe('the bytes of both sides', () => {
  const pieces = (fields: CarriedFields) =>
    take(fields).pieces.map(({ by, bytes, missing }) => `${by} ${missing} ${bytes}`);

  test('are in order, counted from the SYN', () => {
    take({ flags: SYN, seq: 999 });
    expect(pieces({ text: 'b', seq: 1_001 })).toEqual([]);
    expect(pieces({ text: 'a', seq: 1_000 })).toEqual(['client 0 a', 'client 0 b']);
    expect(pieces({ text: 'ab', seq: 1_000 })).toEqual([]);
  });

  test('continue after missing bytes that the other side acknowledges', () => {
    take({ text: 'a' });
    expect(pieces({ text: 'f', seq: 1_005 })).toEqual([]);
    expect(pieces(server({ text: 'z', ack: 1_005 }))).toEqual(['client 4 f', 'server 0 z']);
  });

  test('continue when sequence numbers wrap, with the ranges that are new', () => {
    take({ flags: SYN, seq: 2 ** 32 - 3 });
    expect(pieces({ text: 'abc', seq: 2 ** 32 - 2 })).toEqual(['client 0 abc']);
    const { fresh, repeated } = take({ text: 'cd', seq: 0 });
    expect([fresh, repeated]).toEqual([[{ from: 3, to: 4 }], [{ from: 2, to: 3 }]]);
  });

  test('in a SYN come after it', () => {
    expect(pieces({ flags: SYN, seq: 999, text: 'a' })).toEqual(['client 0 a']);
    expect(pieces({ seq: 1_001, text: 'b' })).toEqual(['client 0 b']);
  });

  test('that wait are the rest at the end', () => {
    take({ text: 'a' });
    const { connection } = take({ text: 'c', seq: 1_002 });
    expect(connection.rest().map(({ by, bytes, missing }) => `${by} ${missing} ${bytes}`)).toEqual([
      'client 1 c',
    ]);
  });
});

test('a connection uses TLS from its first record on, and never on a plain port of the lab', () => {
  const hello = Buffer.from('16030100050100000100', 'hex');
  const isTls = (fields: CarriedFields) => take(fields).connection.isTls;
  expect(isTls({ port: 9443, text: 'Hey' })).toBe(false);
  expect(isTls({ port: 9443, text: hello, seq: 1_003 })).toBe(true);
  expect(isTls({ port: 9443, text: 'rest of a record', seq: 1_013 })).toBe(true);
  expect(isTls({ port: 9443, text: 'Hey', client: 40_001 })).toBe(false);
  expect(isTls({ port: 8888, text: hello })).toBe(true);
  expect(isTls({ port: 9090, text: hello })).toBe(false);
});

test('a connection has a number if it begins with a SYN or after the end of another; the rest of another has none', () => {
  create(1);
  const numberOf = (fields: CarriedFields) => take(fields).connection.number;
  expect(numberOf({ flags: SYN })).toBe(1);
  expect(numberOf({ client: 40_001 })).toBeUndefined();
  expect(numberOf({ flags: SYN, client: 40_001 })).toBe(2);
  expect(numberOf({ seq: 1_001, text: 'abc' })).toBeUndefined();
  expect(numberOf({ flags: RST, seq: 1_004 })).toBeUndefined();
  expect(numberOf({ seq: 2 ** 32 - 2 ** 30, text: 'abc' })).toBe(3);
});

test('the quietest of too many connections is dropped', () => {
  create(2);
  of({ client: 1 });
  of({ client: 2 });
  of({ client: 1 });
  of({ client: 3 });
  expect([gone, connections.size]).toEqual([['#2'], 2]);
  connections.forget();
  expect([gone, [...connections].map(({ state }) => state)]).toEqual([['#2', '#1'], ['#3']]);
});
