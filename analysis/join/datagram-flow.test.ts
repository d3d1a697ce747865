import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DatagramEntry, MessageEntry } from '#lib/journal/schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { hmacKey, hmacTag } from '#lib/message/hmac.ts';
import { type Datagram, encodeDatagram } from '#lib/transfer/datagram.ts';
import { type UdpWire, Wire } from './join-testing.ts';

const HEY = 'Hey|e4599fa9';
const data: Datagram = {
  kind: 'DATA',
  id: '0123abcd',
  mode: 'go-back-n',
  sequence: 7,
  ack: 0,
  window: 0,
  payload: Buffer.from('hello\n'),
};
const ack: Datagram = { ...data, kind: 'ACK', sequence: 0, ack: 8, window: 16, payload: Buffer.alloc(0) };

let wire: Wire;
let udp: UdpWire;

beforeEach(() => {
  wire = new Wire();
  udp = wire.udp();
});

/** Begins the capture with another frame. */
function begin() {
  wire.tcp({ port: 50_000 }).client('');
}

/** A message, its decision and its answers. */
function exchange(message: string, fields: Partial<MessageEntry>, ...answers: string[]) {
  const request = udp.client(message);
  udp.decide(message, fields);
  return [request, ...answers.map((bytes) => udp.answer(bytes))] as const;
}

/** A datagram of a transfer, sent as these bytes. */
function send(datagram: Datagram, fields: Partial<DatagramEntry>, ...sent: (string | Buffer)[]) {
  udp.carry('out', datagram, fields);
  return sent.map((bytes) => udp.answer(bytes));
}

describe.each([0.0001, 0.002])('with %d s between frames', (step) => {
  beforeEach(() => {
    wire.step = step;
  });

  describe('a fault of a message', () => {
    test.each<[string, string, Partial<MessageEntry>, string[], string]>([
      ['none', `${HEY}\n`, {}, [`${HEY}\n`], 'response-sent 1 by 2, shown in 2'],
      ['none of nothing', '', {}, [''], 'response-sent 1 by 2, shown in 2'],
      ['loss', HEY, { fault: 'loss', loss: 'notice' }, ['error_code'], 'response-sent 1 by 2, shown in 2'],
      ['silent loss', HEY, { fault: 'loss', loss: 'silent' }, [], 'nothing-sent 1 by none, shown in 1'],
      [
        'corruption',
        'Hey\r\n',
        { fault: 'corruption', offset: 0, before: '0x48', after: '0xb7' },
        ['\xb7ey\r\n'],
        'response-sent 1 by 2, shown in 2',
      ],
      ['duplicate', HEY, { fault: 'duplicate' }, [HEY, HEY], 'response-sent 1 by 2+3, shown in 3'],
      ['truncate', `${HEY}\n`, { fault: 'truncate', kept: 1 }, ['H\n'], 'response-sent 1 by 2, shown in 2'],
    ])('%s', async (_fault, message, fields, answers, line) => {
      exchange(message, fields, ...answers);
      expect(await wire.lines()).toEqual([line]);
    });

    test('delay', async () => {
      exchange(HEY, { fault: 'delay', delay_ms: 800 });
      wire.pass(0.8);
      udp.answer(HEY);
      const { matches } = await wire.join();
      expect(matches).toMatchObject([{ reason: 'response-sent', response: [{ number: 2 }] }]);
      expect(matches[0]!.took).toBeCloseTo(0.8 + step, 5);
    });

    test('reorder', async () => {
      exchange('one', { fault: 'reorder' });
      exchange('two', {}, 'two', 'one');
      expect(await wire.lines()).toEqual([
        'response-sent 1 by 4, shown in 4',
        'response-sent 2 by 3, shown in 3',
      ]);
    });

    test('reorder of two equal messages: the later one is answered first', async () => {
      exchange(HEY, { fault: 'reorder' });
      exchange(HEY, {}, HEY, HEY);
      expect(await wire.lines()).toEqual([
        'response-sent 1 by 4, shown in 4',
        'response-sent 2 by 3, shown in 3',
      ]);
    });

    test('reorder of two held-back answers', async () => {
      exchange('one', { fault: 'reorder' });
      exchange('two', { fault: 'reorder' }, 'two', 'one');
      expect(await wire.lines()).toEqual([
        'response-sent 1 by 4, shown in 4',
        'response-sent 2 by 3, shown in 3',
      ]);
    });

    test('reorder of a single message', async () => {
      exchange('one', { fault: 'reorder' });
      wire.pass(1);
      udp.answer('one');
      expect(await wire.lines()).toEqual(['response-sent 1 by 2, shown in 2']);
    });

    test('drip', async () => {
      exchange('Hey\n', { fault: 'drip', interval_ms: 20 });
      for (const byte of 'Hey\n') {
        udp.answer(byte);
        wire.pass(0.02);
      }
      expect(await wire.lines()).toEqual(['response-sent 1 by 2+3+4+5, shown in 2']);
    });

    test('unknown: nobody can tell what should be sent', async () => {
      exchange('Hey', { fault: 'shout' }, 'HEY');
      expect(await wire.lines()).toEqual(['unknown-fault 1 by none, shown in 1']);
    });

    test('drip of more than a hundred bytes', async () => {
      const long = 'x'.repeat(150);
      exchange(long, { fault: 'drip', interval_ms: 20 });
      for (let at = 0; at < 100; at += 1) {
        udp.answer('x');
        wire.pass(0.02);
      }
      udp.answer('x'.repeat(50));
      const { matches, unjournaled } = await wire.join();
      expect(matches).toMatchObject([{ reason: 'response-sent' }]);
      expect(matches[0]!.response).toHaveLength(101);
      expect(unjournaled).toEqual([]);
    });
  });

  test('retries of the same text have their own answers', async () => {
    exchange(HEY, { fault: 'loss', loss: 'notice' }, 'error_code');
    exchange(HEY, { fault: 'delay', delay_ms: 3_000 });
    wire.pass(2);
    exchange(HEY, {}, HEY);
    wire.pass(1);
    udp.answer(HEY);
    expect(await wire.lines()).toEqual([
      'response-sent 1 by 2, shown in 2',
      'response-sent 3 by 6, shown in 6',
      'response-sent 4 by 5, shown in 5',
    ]);
  });

  test('messages at the same time are answered in any order', async () => {
    for (const text of ['one', 'two', 'three']) udp.client(text);
    for (const text of ['one', 'two', 'three']) udp.decide(text);
    for (const text of ['three', 'one', 'two']) udp.answer(text);
    expect(await wire.lines()).toEqual([
      'response-sent 1 by 5, shown in 5',
      'response-sent 2 by 6, shown in 6',
      'response-sent 3 by 4, shown in 4',
    ]);
  });

  test('only the datagram that the kernel dropped has no entry', async () => {
    udp.client('one');
    udp.client('dropped');
    udp.client('two');
    for (const text of ['one', 'two']) {
      udp.decide(text);
      udp.answer(text);
    }
    wire.pass(10);
    exchange('three', {}, 'three');
    expect(await wire.lines()).toEqual([
      'response-sent 1 by 4, shown in 4',
      'response-sent 3 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
      'unjournaled client 7 bytes in 2',
    ]);
  });

  describe('the capture lacks', () => {
    test('a request', async () => {
      exchange('one', {}, 'one');
      const [request] = exchange('two', {}, 'two');
      exchange('three', {}, 'three');
      expect(await wire.lines({ without: [request] })).toEqual([
        'response-sent 1 by 2, shown in 2',
        'request-missing none by 4, shown in 4',
        'response-sent 5 by 6, shown in 6',
      ]);
    });

    test.each<[string, Partial<MessageEntry>, string[]]>([
      ['loss', { fault: 'loss', loss: 'notice' }, ['error_code']],
      ['corruption', { fault: 'corruption', offset: 0, before: '0x48', after: '0xb7' }, ['\xb7ey|e4599fa9']],
      ['duplicate', { fault: 'duplicate' }, [HEY, HEY]],
      ['truncate', { fault: 'truncate', kept: 2 }, ['He']],
      ['silent loss', { fault: 'loss', loss: 'silent' }, []],
    ])('the request of a %s', async (_fault, fields, answers) => {
      begin();
      const [request] = exchange(HEY, fields, ...answers);
      exchange('two', {}, 'two');
      const { matches, unjournaled } = await wire.join({ without: [request] });
      expect(matches).toMatchObject([
        {
          reason: 'request-missing',
          request: [],
          response: answers.map((_, index) => ({ number: index + 3 })),
        },
        { reason: 'response-sent' },
      ]);
      expect(unjournaled).toEqual([]);
    });

    test('an answer', async () => {
      exchange('one', {}, 'one');
      const [, answer] = exchange('two', {}, 'two');
      exchange('three', {}, 'three');
      wire.pass(10);
      exchange('four', {}, 'four');
      expect(await wire.lines({ without: [answer!] })).toEqual([
        'response-sent 1 by 2, shown in 2',
        'response-missing 3 by none, shown in 3',
        'response-sent 5 by 6, shown in 6',
        'response-sent 7 by 8, shown in 8',
      ]);
    });

    test('an answer after its end', async () => {
      exchange(HEY, { fault: 'delay', delay_ms: 2_000 });
      wire.pass(0.5);
      wire.udp(40_001).client('other');
      const [line] = await wire.lines();
      expect(line).toBe('pending 1 by none, shown in 1');
    });
  });

  test('a different answer', async () => {
    exchange('one', {}, 'onE');
    wire.pass(5);
    exchange('two', {}, 'two');
    expect(await wire.lines()).toEqual([
      'response-differs 1 by 2, shown in 2',
      'response-sent 3 by 4, shown in 4',
    ]);
  });

  describe('an incoming datagram of a transfer', () => {
    test.each<[string, Partial<DatagramEntry>]>([
      ['none', {}],
      ['loss', { fault: 'loss', loss: 'silent' }],
      ['delay', { fault: 'delay', delay_ms: 900 }],
      ['corruption', { fault: 'corruption', offset: 0, before: '0x77', after: '0x88' }],
      ['duplicate', { fault: 'duplicate' }],
      ['reorder', { fault: 'reorder' }],
      ['truncate', { fault: 'truncate', kept: 9 }],
      ['drip', { fault: 'drip', interval_ms: 20 }],
    ])('is received: %s', async (_fault, fields) => {
      udp.client(encodeDatagram(data));
      udp.carry('in', data, fields);
      expect(await wire.lines()).toEqual(['received 1 by none, shown in 1']);
    });

    test('damaged', async () => {
      const bytes = encodeDatagram(data);
      bytes[40]! ^= 0xff;
      udp.client(encodeDatagram(data));
      udp.client(bytes);
      udp.carry('in', data);
      udp.damaged(bytes);
      expect(await wire.lines()).toEqual([
        'received 1 by none, shown in 1',
        'received 2 by none, shown in 2',
      ]);
    });

    test('is retransmitted', async () => {
      for (let time = 0; time < 2; time += 1) {
        udp.client(encodeDatagram(data));
        udp.carry('in', data, { fault: time === 0 ? 'loss' : 'none' });
        wire.pass(0.2);
      }
      expect(await wire.lines()).toEqual([
        'received 1 by none, shown in 1',
        'received 2 by none, shown in 2',
      ]);
    });

    test('that is not in the capture', async () => {
      const segments = [7, 8, 9].map((sequence) => ({ ...data, sequence }));
      const frames = segments.map((segment) => {
        const frame = udp.client(encodeDatagram(segment));
        udp.carry('in', segment);
        return frame;
      });
      expect(await wire.lines({ without: [frames[1]!] })).toEqual([
        'received 1 by none, shown in 1',
        'request-missing none by none',
        'received 3 by none, shown in 3',
      ]);
    });
  });

  describe('an outgoing datagram of a transfer', () => {
    const whole = encodeDatagram(data);
    const corrupted = Buffer.from(whole);
    corrupted[82]! ^= 0xff;
    const byte = (value: number) => `0x${value.toString(16)}`;

    test.each<[string, Datagram, Partial<DatagramEntry>, Buffer[], string]>([
      ['none', ack, {}, [encodeDatagram(ack)], 'response-sent none by 2, shown in 2'],
      ['none of DATA', data, {}, [whole], 'response-sent none by 2, shown in 2'],
      ['loss', data, { fault: 'loss', loss: 'silent' }, [], 'nothing-sent none by none, shown in 1'],
      [
        'corruption',
        data,
        { fault: 'corruption', offset: 82, before: byte(whole[82]!), after: byte(corrupted[82]!) },
        [corrupted],
        'response-sent none by 2, shown in 2',
      ],
      ['duplicate', data, { fault: 'duplicate' }, [whole, whole], 'response-sent none by 2+3, shown in 3'],
      [
        'truncate in its header',
        data,
        { fault: 'truncate', kept: 30 },
        [Buffer.concat([whole.subarray(0, 30), Buffer.from('\n')])],
        'response-sent none by 2, shown in 2',
      ],
      [
        'truncate in its payload',
        data,
        { fault: 'truncate', kept: 83 },
        [Buffer.concat([whole.subarray(0, 83), Buffer.from('\n')])],
        'response-sent none by 2, shown in 2',
      ],
      [
        'truncate without a payload',
        ack,
        { fault: 'truncate', kept: 79 },
        [encodeDatagram(ack)],
        'response-sent none by 2, shown in 2',
      ],
    ])('%s', async (_fault, datagram, fields, sent, line) => {
      udp.client(encodeDatagram(data));
      udp.carry('in', data);
      send(datagram, fields, ...sent);
      const lines = await wire.lines();
      expect(lines).toEqual(['received 1 by none, shown in 1', line]);
    });

    test('delay', async () => {
      begin();
      send(data, { fault: 'delay', delay_ms: 700 });
      wire.pass(0.7);
      udp.answer(whole);
      expect(await wire.lines()).toEqual(['response-sent none by 2, shown in 2']);
    });

    test('reorder', async () => {
      begin();
      const next = { ...data, sequence: 8 };
      send(data, { fault: 'reorder' });
      send(next, {}, encodeDatagram(next), whole);
      expect(await wire.lines()).toEqual([
        'response-sent none by 3, shown in 3',
        'response-sent none by 2, shown in 2',
      ]);
    });

    test('loss shows in the datagram that it answers, also when the next one has the same millisecond', async () => {
      begin();
      udp.client(encodeDatagram(data));
      udp.carry('in', data);
      udp.carry('out', ack, { fault: 'loss', loss: 'silent', crc: undefined });
      udp.answer(encodeDatagram({ ...ack, ack: 2 }));
      const { matches } = await wire.join();
      expect(matches.map(({ shows }) => shows)).toEqual([2, 2]);
    });

    test('drip', async () => {
      begin();
      send(ack, { fault: 'drip', interval_ms: 20 });
      for (const value of encodeDatagram(ack)) {
        udp.answer(Buffer.of(value));
        wire.pass(0.02);
      }
      const { matches, unjournaled } = await wire.join();
      expect(matches).toMatchObject([{ reason: 'response-sent', shows: 2 }]);
      expect(matches[0]!.response).toHaveLength(80);
      expect(unjournaled).toEqual([]);
    });

    test('drip of a long datagram', async () => {
      begin();
      const long = { ...data, payload: Buffer.alloc(900, 'x') };
      const bytes = encodeDatagram(long);
      send(long, { fault: 'drip', interval_ms: 20 });
      for (const value of bytes.subarray(0, 100)) {
        udp.answer(Buffer.of(value));
        wire.pass(0.02);
      }
      udp.answer(bytes.subarray(100));
      const { matches, unjournaled } = await wire.join();
      expect(matches).toMatchObject([{ reason: 'response-sent' }]);
      expect(matches[0]!.response).toHaveLength(101);
      expect(unjournaled).toEqual([]);
    });

    test('that is not in the capture', async () => {
      begin();
      const segments = [7, 8, 9].map((sequence) => ({ ...data, sequence }));
      const frames = segments.flatMap((segment) => send(segment, {}, encodeDatagram(segment)));
      wire.pass(10);
      udp.client(HEY);
      udp.decide(HEY);
      udp.answer(HEY);
      expect(await wire.lines({ without: [frames[1]!] })).toMatchObject([
        'response-sent none by 2, shown in 2',
        expect.stringMatching(/^response-missing none by none/),
        'response-sent none by 4, shown in 4',
        'response-sent 5 by 6, shown in 6',
      ]);
    });

    test('with an HMAC, after an idle time', async () => {
      begin();
      const signed = Buffer.concat([
        encodeDatagram(ack),
        Buffer.from(`|${hmacTag(hmacKey('sesame')!, 'any')}`),
      ]);
      udp.client(encodeDatagram(data));
      udp.carry('in', data);
      // Meanwhile the idle flow is dropped.
      for (let second = 0; second < 5; second += 1) {
        wire.pass(2);
        wire.tcp({ port: 50_001 + second }).client('');
      }
      send(ack, { crc: crcOf(signed) }, signed);
      expect(await wire.lines()).toMatchObject([
        expect.stringMatching(/^received /),
        expect.stringMatching(/^response-sent none by /),
      ]);
    });

    test('with a corrupted byte outside the journaled header, beside an unaltered one', async () => {
      begin();
      const whole = encodeDatagram(ack);
      const offset = whole.indexOf('w=') + 2;
      const altered = Buffer.from(whole);
      altered[offset]! ^= 0xff;
      send(ack, {});
      udp.carry('out', ack, {
        fault: 'corruption',
        offset,
        before: '0x30',
        after: '0xcf',
        crc: crcOf(altered),
      });
      for (const bytes of [altered, whole]) udp.answer(bytes);
      expect(await wire.lines()).toEqual([
        'response-sent none by 3, shown in 3',
        'response-sent none by 2, shown in 2',
      ]);
    });

    test('several equal ones, one of them lost', async () => {
      begin();
      send(ack, {}, encodeDatagram(ack));
      wire.pass(0.1);
      send(ack, { fault: 'loss', loss: 'silent' });
      wire.pass(0.1);
      send(ack, {}, encodeDatagram(ack));
      expect(await wire.lines()).toEqual([
        'response-sent none by 2, shown in 2',
        'nothing-sent none by none, shown in 2',
        'response-sent none by 3, shown in 3',
      ]);
    });
  });

  test('a transfer under the profile none has no entries', async () => {
    wire.note('faults', { server: 'echo-udp', profile: 'none' });
    wire.pass(0.01);
    udp.client(encodeDatagram(data));
    udp.answer(encodeDatagram(ack));
    exchange(HEY, {}, HEY);
    wire.pass(0.01);
    wire.note('faults', { server: 'echo-udp', profile: 'loss=0.5' });
    wire.pass(0.01);
    udp.client(encodeDatagram(data));
    udp.carry('in', data, { fault: 'loss', loss: 'silent' });
    expect(await wire.lines()).toEqual([
      'response-sent 3 by 4, shown in 4',
      'received 5 by none, shown in 5',
    ]);
  });
});

describe('a clock that is set back slightly between a datagram and its entry', () => {
  beforeEach(() => {
    begin();
    wire.pass(1);
    wire.journalAhead = -0.003;
  });

  test('does not mix the drips of two messages', async () => {
    const [first, second] = ['abcd\n', 'dcba\n'].map((message) => {
      exchange(message, { fault: 'drip', interval_ms: 20 });
      return [...message];
    });
    for (const [at, byte] of first!.entries()) {
      for (const one of [second![at]!, byte]) udp.answer(one);
      wire.pass(0.02);
    }
    expect(await wire.lines()).toEqual([
      'response-sent 2 by 5+7+9+11+12, shown in 5',
      'response-sent 3 by 4+6+8+10+13, shown in 4',
    ]);
  });

  test('does not hide the request of a silent loss', async () => {
    exchange('Hey', { fault: 'loss', loss: 'silent' });
    expect(await wire.lines()).toEqual(['nothing-sent 2 by none, shown in 2']);
  });

  test('does not invent a missing request', async () => {
    const [request] = exchange('Hey', { fault: 'loss', loss: 'silent' });
    wire.pass(1);
    wire.tcp({ port: 50_001 }).client('');
    expect(await wire.lines({ without: [request] })).toEqual(['request-missing none by none']);
  });
});
