import { describe, expect, test } from '@jest/globals';
import { Connections } from './connections.ts';
import { ACK, FIN, SYN } from './frames.ts';
import type { Carried } from './packet.ts';
import { carried } from './testing.ts';
import { TlsInside, type TlsTold } from './tls-inside.ts';

type Fields = Partial<Carried & TlsTold>;

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

class Talk {
  readonly #connections: Connections<TlsInside>;
  /** The next number of TCP of each side. */
  readonly #next = { client: 1_000, server: 9_000 };

  constructor(hasKeys = true) {
    this.#connections = new Connections({ create: () => new TlsInside(hasKeys) });
  }

  says(side: 'client' | 'server', fields: Fields = {}) {
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
    const told = { recordTypes, recordLengths, handshakes, data };
    const { connection } = this.#connections.take(segment);
    const { payload, seq, ack, sealed } = connection.state.take(segment, connection.isTls, told);
    return `${seq} ${ack} ${sealed} ${payload}`.trim();
  }

  open(): this {
    this.says('client', { flags: SYN, ack: 0 });
    this.says('server', { flags: SYN | ACK });
    this.says('client', finished);
    this.says('server', finished);
    return this;
  }
}

describe('bytes inside of TLS are numbered', () => {
  test('from the SYN on, without handshakes, tickets and alerts', () => {
    const talk = new Talk().open();
    expect(talk.says('client', data('Hey'))).toBe('1001 9001 open Hey');
    expect(talk.says('server', { ...finished, handshakes: ['4'] })).toBe('9001 1004 open');
    expect(talk.says('server', data('Hello'))).toBe('9001 1004 open Hello');
    expect(talk.says('client')).toBe('1004 9006 open');
    expect(talk.says('client', data('two', 2))).toBe('1004 9006 open two');
    expect(talk.says('client', { flags: FIN | ACK })).toBe('1007 9006 open');
    expect(talk.says('server')).toBe('9006 1008 open');
    // Sent again.
    expect(talk.says('client', { flags: FIN | ACK })).toBe('1007 9006 open');
  });

  test('and are acknowledged when their records are', () => {
    const talk = new Talk().open();
    talk.says('server', data('one'));
    const acknowledgesOne = 9_000 + 1 + 3 * RECORD.length - RECORD.length;
    talk.says('server', data('two'));
    expect(talk.says('client', { ack: acknowledgesOne })).toBe('1001 9004 open');
    expect(talk.says('client')).toBe('1001 9007 open');
  });

  test('anew in a connection from the same port', () => {
    const talk = new Talk().open();
    talk.says('client', data('Hey'));
    expect(talk.says('client', { flags: SYN, seq: 5_000, ack: 0 })).toBe('5000 0 open');
    talk.says('client', { ...finished, seq: 5_001 });
    expect(talk.says('client', { ...data('Hey'), seq: 5_010 })).toBe('5001 NaN open Hey');
  });
});

describe('what can not be read is shut', () => {
  test('without keys', () => {
    const talk = new Talk(false);
    talk.says('client', { flags: SYN, ack: 0 });
    const record = { payload: RECORD };
    expect(talk.says('client', record)).toMatch(/ shut$/);
    // In the middle of a record.
    expect(talk.says('client', { ...record, payload: Buffer.from('abc') })).toMatch(/ shut$/);
  });

  test.each<[string, Fields]>([
    ['of TLS 1.3, as it has no type', { payload: RECORD, recordLengths: ['3'] }],
    ['of TLS 1.2, as nothing was decrypted', data('')],
  ])('%s', (_version, record) => {
    expect(new Talk().open().says('client', record)).toMatch(/ shut$/);
  });

  test('and so is what comes when the end of the handshake was not read', () => {
    const talk = new Talk();
    talk.says('client', { flags: SYN, ack: 0 });
    expect(talk.says('client', data('Hey'))).toMatch(/ shut$/);
  });
});

test('what is no TLS is for anybody', () => {
  const talk = new Talk();
  talk.says('client', { flags: SYN, ack: 0 });
  expect(talk.says('client', { payload: Buffer.from('GET /') })).toMatch(/ undefined GET \/$/);
});
