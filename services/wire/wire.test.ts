import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isWireEntry } from '#lib/journal/wire-schema.ts';
import { addressNumber, parsePacket, payloadOf } from '#lib/packet/packet.ts';
import {
  anyBytes,
  CLIENT,
  DOWN,
  headerSum,
  parsed,
  summed,
  sumOf,
  tcpPacket,
  udpPacket,
} from '#lib/packet/testing.ts';
import type { ConditionName } from './conditions/conditions.ts';
import { entryOf } from './entry.ts';
import { conditionsOf } from './testing.ts';
import { type Struck, Wire } from './wire.ts';

type Texts = Partial<Record<ConditionName, string>>;

class Watched {
  readonly sent: (readonly [bytes: Buffer, time: number])[] = [];
  readonly struck: Struck[] = [];
  readonly wire: Wire;
  now = 0;

  constructor(up: Texts, down: Texts = {}) {
    const conditions = { up: conditionsOf(up), down: conditionsOf(down) };
    this.wire = new Wire('alice', conditions, {
      address: addressNumber('10.0.28.1'),
      clientAddress: addressNumber(CLIENT),
      transmit: (bytes) => this.sent.push([bytes, this.now]),
      onStruck: (struck) => this.struck.push(struck),
    });
  }

  /** Brings packets to the wire at the present time. */
  bring(...packets: Buffer[]): void {
    for (const bytes of packets) this.wire.receive(Buffer.from(bytes), this.now);
    this.wire.advance(this.now);
  }

  /** Advances to each time at which something is due. */
  run(to: number): void {
    for (
      let next = this.wire.advance(this.now);
      next !== undefined && next <= to;
      next = this.wire.advance(this.now)
    ) {
      this.now = next;
    }
    this.now = to;
    this.wire.advance(to);
  }

  /** The payloads that were sent, with their times. */
  get payloads(): (readonly [text: string, time: number])[] {
    return this.sent.map(([bytes, time]) => [payloadOf(parsed(bytes)).toString(), time]);
  }

  get texts(): string {
    return this.payloads.map(([text]) => text).join(' ');
  }

  get faults(): string[] {
    return this.struck.map(({ fault }) => fault);
  }
}

const datagram = (payload: string, of = {}) => udpPacket({ payload, ...of });

describe('without conditions, a packet', () => {
  test.each([
    ['up', tcpPacket({ payload: 'Hey', ttl: 62 }), tcpPacket({ payload: 'Hey', ttl: 63 })],
    ['down', datagram('Hey', { ...DOWN, ttl: 62 }), datagram('Hey', { ...DOWN, ttl: 63 })],
  ] as const)('%s is sent at once, with the hop that the kernel took given back', (direction, came, sent) => {
    const watched = new Watched({});
    watched.bring(came);
    expect(watched.sent).toEqual([[sent, 0]]);
    expect(watched.struck).toEqual([]);
    expect(watched.wire.totals(direction)).toMatchObject({ packets: 1, bytes: came.length, delivered: 1 });
  });

  test('loses the bytes after it, which count nowhere', () => {
    const watched = new Watched({});
    watched.bring(Buffer.concat([datagram('a'), Buffer.alloc(17, 1)]));
    expect(watched.sent[0]![0]).toHaveLength(29);
    expect(watched.wire.totals('up').bytes).toBe(29);
  });

  test('that is none is not sent', () => {
    const watched = new Watched({});
    watched.bring(Buffer.alloc(0), Buffer.alloc(60), Buffer.alloc(40, 0x60));
    expect(watched.sent).toEqual([]);
    expect(watched.wire.totals('up').packets).toBe(0);
  });
});

test('conditions of one direction do not concern the other', () => {
  const watched = new Watched({ faults: 'loss=1' });
  watched.bring(datagram('lost'), datagram('came', DOWN));
  expect(watched.texts).toBe('came');
  expect(watched.struck).toMatchObject([
    { direction: 'up', number: 1, fault: 'loss', detail: {}, rule: undefined },
  ]);
  expect(watched.wire.totals('up').struck).toEqual(new Map([['loss', 1]]));
  expect(watched.wire.totals('down')).toMatchObject({ delivered: 1, struck: new Map() });
});

describe('a delay', () => {
  test('brings each packet late, and is told of each', () => {
    const watched = new Watched({ delay: '50ms' });
    watched.bring(datagram('a'));
    watched.now = 20;
    watched.bring(datagram('b'));
    watched.run(100);
    expect(watched.payloads).toEqual([
      ['a', 50],
      ['b', 70],
    ]);
    expect(watched.struck).toMatchObject([
      { fault: 'delay', detail: { delay_ms: 50 } },
      { fault: 'delay', detail: { delay_ms: 50 } },
    ]);
  });

  test('is a part of the decision that goes with it, unless the packet is lost', () => {
    const watched = new Watched({ delay: '50ms', script: 'duplicate 1, drop 2' });
    watched.bring(datagram('a'), datagram('b'));
    watched.run(100);
    expect(watched.payloads).toEqual([
      ['a', 50],
      ['a', 50],
    ]);
    expect(watched.struck).toMatchObject([
      { fault: 'duplicate', detail: { delay_ms: 50 } },
      { fault: 'loss', detail: {} },
    ]);
    expect(watched.struck[1]!.detail).toEqual({});
  });

  test('of a script is in place of that of the wire', () => {
    const watched = new Watched({ delay: '50ms', script: 'delay 1 by 200ms' });
    watched.bring(datagram('a'), datagram('b'));
    watched.run(300);
    expect(watched.payloads).toEqual([
      ['b', 50],
      ['a', 200],
    ]);
    expect(watched.struck[0]).toMatchObject({ rule: 'delay 1 by 200ms', detail: { delay_ms: 200 } });
  });
});

describe('a reordered packet', () => {
  test.each([
    ['1', 'b a c d'],
    ['2', 'b c a d'],
    ['3', 'b c d a'],
  ])('lets %s pass', (reorderBy, texts) => {
    const watched = new Watched({ script: 'reorder 1', reorderBy });
    watched.bring(...['a', 'b', 'c', 'd'].map((text) => datagram(text)));
    expect(watched.texts).toBe(texts);
  });

  test('lets as many pass as its rule says', () => {
    const watched = new Watched({ script: 'reorder 2 by 2' });
    watched.bring(...['a', 'b', 'c', 'd', 'e'].map((text) => datagram(text)));
    expect(watched.texts).toBe('a c d b e');
  });

  test('waits for packets that arrive: lost ones and reordered ones do not pass it', () => {
    const watched = new Watched({ script: 'reorder 1, drop 2, reorder 3' });
    watched.bring(...['a', 'b', 'c', 'd', 'e'].map((text) => datagram(text)));
    expect(watched.texts).toBe('d a c e');
  });

  test('waits for packets of its own flow and direction', () => {
    const watched = new Watched({ script: 'reorder udp flow 1 1' });
    watched.bring(
      datagram('a'),
      datagram('other', { from: 41_000 }),
      datagram('back', { ...DOWN, from: 9_091, to: 40_000 }),
    );
    expect(watched.texts).toBe('other back');
    watched.bring(datagram('b'));
    expect(watched.texts).toBe('other back b a');
  });

  test('waits for a second and no longer', () => {
    const watched = new Watched({ script: 'reorder 1' });
    watched.bring(datagram('a'));
    watched.run(999);
    expect(watched.sent).toEqual([]);
    watched.run(2_000);
    expect(watched.payloads).toEqual([['a', 1_000]]);
    watched.bring(datagram('b'));
    expect(watched.texts).toBe('a b');
  });
});

describe('what is held back', () => {
  test('is sent before a packet that comes after its time, however late somebody looks', () => {
    const watched = new Watched({ script: 'delay 1 by 10ms' });
    watched.bring(datagram('a'));
    watched.now = 15;
    watched.bring(datagram('b'));
    expect(watched.texts).toBe('a b');
  });

  test('waits for the rate from its own time on', () => {
    const watched = new Watched({ script: 'delay 1 by 10ms', rate: '1mbit' });
    watched.bring(udpPacket({ payload: Buffer.alloc(958) }));
    expect(watched.wire.advance(9)).toBe(10);
    expect(watched.wire.advance(12)).toBe(18);
  });

  test('is at most 100000 packets', () => {
    const watched = new Watched({ script: 'reorder 1-999999' });
    const bytes = datagram('a');
    for (let n = 0; n < 100_001; n += 1) watched.wire.receive(bytes, 0);
    expect(watched.wire.totals('up').struck).toEqual(
      new Map([
        ['reorder', 100_001],
        ['overflow', 1],
      ]),
    );
  });
});

test('what is held back and what is on the way share the room of their direction', () => {
  const watched = new Watched({ script: 'delay 1-60000 by 60s', delay: '2s' }, { delay: '2s' });
  const bytes = datagram('a');
  for (let n = 0; n < 100_001; n += 1) watched.wire.receive(Buffer.from(bytes), 0);
  watched.wire.receive(datagram('b', DOWN), 0);
  expect(watched.wire.totals('up').struck.get('overflow')).toBe(1);
  expect(watched.wire.totals('down').struck.get('overflow')).toBeUndefined();
  watched.run(100_000);
  expect(watched.wire.totals('up').delivered).toBe(100_000);
  watched.bring(datagram('c'));
  expect(watched.wire.totals('up').struck.get('overflow')).toBe(1);
});

test.each([
  ['a long delay', { delay: '1s' }, true],
  ['a short delay', { delay: '100ms' }, false],
  ['a long queue', { rate: '1kbit', queue: '10' }, true],
  ['a short queue', { rate: '10mbit', queue: '10' }, false],
  ['a late copy', { faults: 'tamper=1', tamper: 'replay 5s' }, true],
  ['a rule', { script: 'delay 1 by 2s' }, true],
] as const)('a packet keeps no memory of others through %s', (_what, texts, isAlone) => {
  const watched = new Watched(texts);
  const shared = Buffer.alloc(8_192);
  const bytes = shared.subarray(0, datagram('a').copy(shared));
  watched.wire.receive(bytes, 0);
  watched.run(60_000);
  expect(watched.sent[0]![0].buffer.byteLength).toBe(isAlone ? bytes.length : 8_192);
});

describe('a rate', () => {
  test('with a queue drops what has no room, and tells how long the queue was', () => {
    const watched = new Watched({ rate: '1mbit', queue: '2' });
    watched.bring(...['a', 'b', 'c'].map((text) => udpPacket({ payload: text.padEnd(958) })));
    expect(watched.wire.queue('up')).toEqual({ packets: 2, bytes: 2_000 });
    expect(watched.struck).toMatchObject([
      { fault: 'tail-drop', number: 3, detail: { queue_packets: 2, queue_bytes: 2_000 } },
    ]);
    watched.run(100);
    expect(watched.sent.map(([, time]) => time)).toEqual([8, 16]);
    expect(watched.wire.totals('up')).toMatchObject({ packets: 3, delivered: 2 });
  });

  test('concerns packets that the filter leaves out', () => {
    const watched = new Watched({ rate: '1mbit', filter: 'tcp' });
    watched.bring(udpPacket({ payload: Buffer.alloc(958) }));
    watched.run(100);
    expect(watched.sent.map(([, time]) => time)).toEqual([8]);
  });
});

describe('a packet larger than the MTU', () => {
  const large = tcpPacket({ place: 0x4000, payload: Buffer.alloc(1_000) });

  test('goes nowhere, and its sender gets an ICMP error', () => {
    const watched = new Watched({ mtu: '600', delay: '50ms' });
    watched.bring(large);
    expect(watched.sent).toHaveLength(1);
    expect(watched.struck[0]!.detail).toEqual({ mtu: 600, oversize: 'icmp' });
    const error = parsed(watched.sent[0]![0]);
    expect(error).toMatchObject({ protocol: 'icmp', destination: addressNumber(CLIENT), source: 0x0a001c01 });
    expect(sumOf(summed(error.bytes))).toBe(0xffff);
    expect(watched.wire.totals('down')).toMatchObject({ packets: 0, delivered: 1 });
  });

  test('is named by its error when the way back has no room for it', () => {
    const watched = new Watched({ mtu: '600' }, { rate: '1kbit', queue: '1' });
    watched.bring(large, large);
    expect(watched.struck[2]).toMatchObject({
      fault: 'tail-drop',
      direction: 'down',
      packet: { protocol: 'icmp', destination: addressNumber(CLIENT) },
    });
  });

  test('arrives in fragments when it may', () => {
    const watched = new Watched({ mtu: '600' });
    watched.bring(udpPacket({ payload: Buffer.alloc(1_000) }));
    expect(watched.sent.map(([{ length }]) => length)).toEqual([596, 452]);
    expect(watched.faults).toEqual(['mtu']);
  });
});

describe('an attacker', () => {
  test('replays a packet later', () => {
    const watched = new Watched({ script: 'tamper 1', tamper: 'replay 200ms' });
    watched.bring(datagram('pay'));
    watched.run(1_000);
    expect(watched.payloads).toEqual([
      ['pay', 0],
      ['pay', 200],
    ]);
  });

  test('resets a connection after a segment', () => {
    const watched = new Watched({ script: 'tamper data 1', tamper: 'rst' });
    watched.bring(tcpPacket({ payload: 'pay' }));
    expect(watched.sent.map(([bytes]) => parsed(bytes).tcp?.flags)).toEqual([16, 4 + 16]);
  });
});

describe('new conditions', () => {
  test('concern the next packet of a flow, whose packets are counted on', () => {
    const watched = new Watched({});
    watched.bring(datagram('a'), datagram('b'));
    watched.wire.change('up', conditionsOf({ script: 'drop 1' }), 'alice');
    watched.bring(datagram('c'), datagram('d'));
    expect(watched.texts).toBe('a b d');
    expect(watched.struck).toMatchObject([{ number: 3, flow: { name: 'udp 9091 #1' } }]);
  });

  test('and a new beginning give the same traffic the same faults', () => {
    const watched = new Watched({ faults: 'loss=0.5' });
    const struckBy = (from: number) => {
      const before = watched.struck.length;
      for (let n = 0; n < 20; n += 1) watched.bring(datagram('a', { from }));
      return watched.struck.slice(before).map(({ flow, number }) => `${flow.name} ${number}`);
    };
    const first = struckBy(40_000);
    expect(first.length).toBeGreaterThan(3);
    watched.wire.beginAgain();
    expect(struckBy(50_000)).toEqual(first);
  });
});

test('each packet arrives once, or is counted as a loss or a drop', () => {
  const watched = new Watched({
    faults: 'loss=0.2,reorder=0.2',
    burst: '3',
    jitter: '20ms',
    order: 'free',
    rate: '1mbit',
    queue: '8',
    aqm: 'red',
  });
  for (let id = 1; id <= 2_000; id += 1) {
    watched.bring(udpPacket({ id, payload: Buffer.alloc(958), from: 40_000 + (id % 3) }));
    watched.run(watched.now + 7);
  }
  watched.run(watched.now + 10_000);
  const { struck, packets, delivered } = watched.wire.totals('up');
  const lost = ['loss', 'tail-drop', 'early-drop', 'overflow'].map((why) => struck.get(why) ?? 0);
  expect(lost.slice(0, 3).every((count) => count > 0)).toBe(true);
  expect(delivered + lost.reduce((sum, count) => sum + count, 0)).toBe(packets);
  expect(new Set(watched.sent.map(([bytes]) => parsed(bytes).id)).size).toBe(delivered);
});

test('whatever comes, the wire sends packets with a right IP header, and its entries are those of the journal', () => {
  const texts = {
    faults: 'loss=0.1,duplicate=0.1,reorder=0.2,corruption=0.2,tamper=0.2',
    tamper: 'rst',
    jitter: '5ms normal',
    order: 'free',
    mtu: '120',
    rate: '1mbit',
    queue: '5',
    aqm: 'codel',
  };
  fc.assert(
    fc.property(fc.array(anyBytes, { maxLength: 30 }), (all) => {
      const watched = new Watched(texts);
      for (const bytes of all) {
        const packet = parsePacket(bytes);
        const isRight = packet === undefined || headerSum(packet.bytes) === 0xffff;
        if (isRight) watched.bring(bytes);
        watched.run(watched.now + 1);
      }
      watched.run(10_000);
      for (const struck of watched.struck) {
        expect(isWireEntry({ timestamp: '', id: 1, ...entryOf(struck) })).toBe(true);
      }
      for (const [bytes] of watched.sent) {
        expect(parsePacket(bytes)?.bytes).toEqual(bytes);
        expect(headerSum(bytes)).toBe(0xffff);
      }
    }),
    { numRuns: 50 },
  );
});
