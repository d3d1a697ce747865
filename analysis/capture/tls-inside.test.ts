import { describe, expect, test } from '@jest/globals';
import { Connections } from './connections.ts';
import { ACK, FIN, SYN } from './frames.ts';
import type { Carried } from './packet.ts';
import { carried } from './testing.ts';
import { TlsInside, type TlsValues } from './tls-inside.ts';

type Fields = Partial<Carried & TlsValues>;

const RECORD = Buffer.from('1703030003aabbcc', 'hex');
const data = (text: string, records = 1): Fields => ({
  payload: RECORD,
  recordTypes: Array.from({ length: records }, () => '23'),
  recordLengths: Array.from({ length: records }, () => '3'),
  data: Buffer.from(text),
});
/** The end of a handshake. */
const finished: Fields = {
  payload: RECORD,
  recordTypes: ['20', '22'],
  recordLengths: ['1', '3'],
  handshakes: ['20'],
};

class TlsConnection {
  readonly #connections: Connections<TlsInside>;
  /** The next TCP sequence number of each side. */
  readonly #next = { client: 1_000, server: 9_000 };

  constructor(hasKeys = true) {
    this.#connections = new Connections({ create: () => new TlsInside(hasKeys) });
  }

  segment(side: 'client' | 'server', fields: Fields = {}) {
    const {
      recordTypes = [],
      recordLengths = [],
      handshakes = [],
      data = Buffer.alloc(0),
      ...given
    } = fields;
    const segment = carried({
      ...{ port: 9443, toServer: side === 'client', seq: this.#next[side] },
      ack: this.#next[side === 'client' ? 'server' : 'client'],
      ...given,
    });
    if (given.seq === undefined) {
      this.#next[side] += segment.payload.length + (segment.flags & (SYN | FIN) ? 1 : 0);
    }
    const values = { recordTypes, recordLengths, handshakes, data };
    const { connection } = this.#connections.take(segment);
    const { payload, seq, ack, tls } = connection.state.take(segment, connection.isTls, values);
    return `${seq} ${ack} ${tls} ${payload}`.trim();
  }

  open(): this {
    this.segment('client', { flags: SYN, ack: 0 });
    this.segment('server', { flags: SYN | ACK });
    this.segment('client', finished);
    this.segment('server', finished);
    return this;
  }
}

describe('decrypted bytes are numbered', () => {
  test('from the SYN on, without handshakes, tickets and alerts', () => {
    const connection = new TlsConnection().open();
    expect(connection.segment('client', data('Hey'))).toBe('1001 9001 decrypted Hey');
    expect(connection.segment('server', { ...finished, handshakes: ['4'] })).toBe('9001 1004 decrypted');
    expect(connection.segment('server', data('Hello'))).toBe('9001 1004 decrypted Hello');
    expect(connection.segment('client')).toBe('1004 9006 decrypted');
    expect(connection.segment('client', data('two', 2))).toBe('1004 9006 decrypted two');
    expect(connection.segment('client', { flags: FIN | ACK })).toBe('1007 9006 decrypted');
    expect(connection.segment('server')).toBe('9006 1008 decrypted');
    // A retransmission.
    expect(connection.segment('client', { flags: FIN | ACK })).toBe('1007 9006 decrypted');
  });

  test('and are acknowledged when their records are', () => {
    const connection = new TlsConnection().open();
    connection.segment('server', data('one'));
    const acknowledgesOne = 9_000 + 1 + 3 * RECORD.length - RECORD.length;
    connection.segment('server', data('two'));
    expect(connection.segment('client', { ack: acknowledgesOne })).toBe('1001 9004 decrypted');
    expect(connection.segment('client')).toBe('1001 9007 decrypted');
  });

  test('from the begin in a new connection from the same port', () => {
    const connection = new TlsConnection().open();
    connection.segment('client', data('Hey'));
    expect(connection.segment('client', { flags: SYN, seq: 5_000, ack: 0 })).toBe('5000 0 decrypted');
    connection.segment('client', { ...finished, seq: 5_001 });
    expect(connection.segment('client', { ...data('Hey'), seq: 5_010 })).toBe('5001 NaN decrypted Hey');
  });
});

describe('a segment is encrypted', () => {
  test('without keys', () => {
    const connection = new TlsConnection(false);
    connection.segment('client', { flags: SYN, ack: 0 });
    const record = { payload: RECORD };
    expect(connection.segment('client', record)).toMatch(/ encrypted$/);
    // In the middle of a record.
    expect(connection.segment('client', { ...record, payload: Buffer.from('abc') })).toMatch(/ encrypted$/);
  });

  test.each<[string, Fields]>([
    ['of TLS 1.3, because its record has no type', { payload: RECORD, recordLengths: ['3'] }],
    ['of TLS 1.2, because nothing was decrypted', data('')],
  ])('%s', (_version, record) => {
    expect(new TlsConnection().open().segment('client', record)).toMatch(/ encrypted$/);
  });

  test('after a handshake whose end was not decrypted', () => {
    const connection = new TlsConnection();
    connection.segment('client', { flags: SYN, ack: 0 });
    expect(connection.segment('client', data('Hey'))).toMatch(/ encrypted$/);
  });
});

test('plain text is readable', () => {
  const connection = new TlsConnection();
  connection.segment('client', { flags: SYN, ack: 0 });
  expect(connection.segment('client', { payload: Buffer.from('GET /') })).toMatch(/ undefined GET \/$/);
});
