import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ACK, type Frame, RST, SYN } from '#analysis/capture/frames.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { BEGINNING, type TcpWire, Wire } from './join-testing.ts';
import { MessageConnection } from './message-connection.ts';
import { SoughtMessage } from './sought-message.ts';

const HEY = 'Hey|e4599fa9';

let wire: Wire;
let tcp: TcpWire;

/** A segment that is not stored, for tests with many. */
function segment(fields: Pick<Frame, 'toServer' | 'seq' | 'ack' | 'flags' | 'payload'>): Frame {
  const rest = { number: 1, time: BEGINNING, requests: [], codes: [] } as const;
  return { ...rest, transport: 'tcp', client: 'client', server: 'echo', ...fields };
}

/** The entry of a message without a fault, if all before it had none. */
function entryAt(at: number, text: string): MessageEntry {
  const fields = wire.entryOf(Buffer.from(text));
  const place = { at, bytes: text.length, answer_at: at, client_ip: 'client', client_port: 1 };
  const timestamp = new Date(BEGINNING * 1_000).toISOString();
  return { ...fields, ...place, protocol: 'tcp', timestamp, id: at + 1 };
}

beforeEach(() => {
  wire = new Wire();
  // The handshake is frames 1 to 3.
  tcp = wire.tcp().open();
});

/** A message in one segment, its decision, and an answer of these segments. */
function exchange(message: string, fields: Partial<MessageEntry>, ...answer: string[]) {
  tcp.client(message);
  const entry = tcp.decide(message, fields);
  for (const bytes of answer) tcp.answer(bytes);
  return entry;
}

describe('a fault and its answer', () => {
  test.each<[string, string, Partial<MessageEntry>, string[], string]>([
    ['none', `${HEY}\n`, {}, [`${HEY}\n`], 'response-sent 4 by 5, shown in 5'],
    ['none in two segments', HEY, {}, ['Hey|', 'e4599fa9'], 'response-sent 4 by 5+6, shown in 5'],
    [
      'none, because the drawn one is impossible',
      '\n',
      { drawn: 'corruption' },
      ['\n'],
      'response-sent 4 by 5, shown in 5',
    ],
    ['loss', HEY, { fault: 'loss', loss: 'notice' }, ['error_code'], 'response-sent 4 by 5, shown in 5'],
    [
      'loss of a line',
      'Hey\n',
      { fault: 'loss', loss: 'notice' },
      ['Packet Loss'],
      'response-sent 4 by 5, shown in 5',
    ],
    ['silent loss', HEY, { fault: 'loss', loss: 'silent' }, [], 'nothing-sent 4 by none, shown in 4'],
    [
      'corruption',
      'Hey\r\n',
      { fault: 'corruption', offset: 1, before: '0x65', after: '0x9a' },
      ['H\x9ay\r\n'],
      'response-sent 4 by 5, shown in 5',
    ],
    [
      'corruption in the second segment of its answer',
      'Hey\n',
      { fault: 'corruption', offset: 2, before: '0x79', after: '0x86' },
      ['He', '\x86\n'],
      'response-sent 4 by 5+6, shown in 6',
    ],
    ['duplicate', 'Hey\n', { fault: 'duplicate' }, ['Hey\n', 'Hey\n'], 'response-sent 4 by 5+6, shown in 6'],
    [
      'duplicate in one segment',
      'Hey',
      { fault: 'duplicate' },
      ['HeyHey'],
      'response-sent 4 by 5, shown in 5',
    ],
    [
      'truncate',
      `${HEY}\r\n`,
      { fault: 'truncate', kept: 2 },
      ['He\r\n'],
      'response-sent 4 by 5, shown in 5',
    ],
    [
      'truncate to its body',
      HEY,
      { fault: 'truncate', kept: 3 },
      ['Hey'],
      'response-sent 4 by 5, shown in 5',
    ],
    [
      'drip',
      'Hey\n',
      { fault: 'drip', interval_ms: 20 },
      ['H', 'e', 'y', '\n'],
      'response-sent 4 by 5+6+7+8, shown in 5',
    ],
    ['a different answer', HEY, {}, ['Hey|e4599fa8'], 'response-differs 4 by 5, shown in 5'],
    ['a different answer to an empty line', '\n', {}, ['x'], 'response-differs 4 by 5, shown in 5'],
  ])('%s', async (_fault, message, fields, answer, line) => {
    exchange(message, fields, ...answer);
    const [first, ...more] = await wire.lines();
    expect(first).toBe(line);
    expect(more).toEqual([]);
  });

  test('unknown: nobody can tell what should be sent', async () => {
    exchange(HEY, { fault: 'shout' }, HEY.toUpperCase());
    exchange(HEY, {}, HEY);
    expect(await wire.lines()).toEqual([
      'unknown-fault 4 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
    ]);
  });

  test('unknown, with a held-back answer among later ones', async () => {
    const stuttered = exchange('one\n', { fault: 'stutter' }, 'o', 'n');
    tcp.client('two\n');
    tcp.decide('two\n');
    tcp.sent(stuttered);
    tcp.answer('e\nt');
    wire.pass(9);
    tcp.client('');
    expect(await wire.lines()).toEqual([
      'unknown-fault 4 by 5+6, shown in 5',
      'unknown-fault 7 by 8, shown in 8',
    ]);
  });

  test('delay: an early answer is a different one', async () => {
    tcp.client(HEY);
    tcp.decide(HEY, { fault: 'delay', delay_ms: 1_500 });
    wire.pass(1.5);
    tcp.answer(HEY);
    const { matches } = await wire.join();
    expect(matches).toMatchObject([{ reason: 'response-sent', response: [{ number: 5 }] }]);
    expect(matches[0]!.took).toBeCloseTo(1.5003, 5);

    wire = new Wire();
    tcp = wire.tcp().open();
    exchange(HEY, { fault: 'delay', delay_ms: 1_500 }, HEY);
    wire.pass(2);
    tcp.client('');
    expect(await wire.lines()).toEqual(['response-differs 4 by 5, shown in 5']);
  });

  test('reset', async () => {
    exchange(HEY, { fault: 'reset' });
    tcp.reset('server');
    expect(await wire.lines()).toEqual(['response-sent 4 by 5, shown in 5']);
  });

  test('a reset by the client is not the one that was decided', async () => {
    exchange(HEY, { fault: 'reset' });
    tcp.reset('client');
    expect(await wire.lines()).toEqual(['connection-closed 4 by none, shown in 4, ended in 5']);
  });

  test('reorder: after the next answer', async () => {
    const held = exchange('one\n', { fault: 'reorder' });
    exchange('two\n', {}, 'two\n');
    tcp.sent(held);
    tcp.answer('one\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 7, shown in 7',
      'response-sent 5 by 6, shown in 6',
    ]);
  });

  test('reorder: after the next answer in one segment', async () => {
    const held = exchange('one\n', { fault: 'reorder' });
    exchange('two\n', {});
    tcp.sent(held);
    tcp.answer('two\none\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 6, shown in 6',
      'response-sent 5 by 6, shown in 6',
    ]);
  });

  test('reorder: an empty line', async () => {
    const held = exchange('\n', { fault: 'reorder' });
    exchange('two\n', {}, 'two\n');
    tcp.sent(held);
    tcp.answer('\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 7, shown in 7',
      'response-sent 5 by 6, shown in 6',
    ]);
  });

  test('reorder: a second later', async () => {
    const held = exchange('one\n', { fault: 'reorder' });
    wire.pass(1);
    tcp.sent(held);
    tcp.answer('one\n');
    expect(await wire.lines()).toEqual(['response-sent 4 by 5, shown in 5']);
  });

  test('reorder: two held-back answers, the second is sent first', async () => {
    const first = exchange('one\n', { fault: 'reorder' });
    const second = exchange('two\n', { fault: 'reorder' });
    tcp.sent(second);
    tcp.answer('two\n');
    tcp.sent(first);
    tcp.answer('one\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 7, shown in 7',
      'response-sent 5 by 6, shown in 6',
    ]);
  });

  test('reorder: at the end of the stream', async () => {
    tcp.client('one\n');
    const held = tcp.decide('one\n', { fault: 'reorder' });
    tcp.fin('client');
    tcp.sent(held);
    tcp.answer('one\n');
    tcp.fin('server');
    expect(await wire.lines()).toEqual(['response-sent 4 by 6, shown in 6']);
  });
});

test('an answer may be sent in the millisecond of its entry', async () => {
  wire.step = 0.0001;
  exchange('one\n', {}, 'one\n');
  exchange('two\n', { fault: 'duplicate' }, 'two\n', 'two\n');
  expect(await wire.lines()).toEqual([
    'response-sent 4 by 5, shown in 5',
    'response-sent 6 by 7+8, shown in 8',
  ]);
});

describe('messages', () => {
  test('several in one segment', async () => {
    tcp.client(`one\n${HEY}three\r\n`);
    tcp.decide('one\n');
    tcp.answer('one\n');
    tcp.decide(HEY, { fault: 'loss', loss: 'notice' });
    tcp.answer('error_code');
    tcp.decide('three\r\n', { fault: 'truncate', kept: 2 });
    tcp.answer('th\r\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 4 by 6, shown in 6',
      'response-sent 4 by 7, shown in 7',
    ]);
  });

  test('one in several segments', async () => {
    tcp.client('o');
    tcp.client('n');
    tcp.client('e\ntw');
    tcp.decide('one\n');
    tcp.answer('one\n');
    tcp.client('o\n');
    tcp.decide('two\n');
    tcp.answer('two\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4+5+6 by 7, shown in 7',
      'response-sent 6+8 by 9, shown in 9',
    ]);
  });

  test.each(['', 'a|b', '|', '|00000000', 'x|e4599fa9|', '\r', '\x00\xff'])(
    'with the body %j',
    async (body) => {
      for (const ending of ['\n', '\r\n']) exchange(`${body}${ending}`, {}, `${body}${ending}`);
      expect(await wire.lines()).toEqual([
        'response-sent 4 by 5, shown in 5',
        'response-sent 6 by 7, shown in 7',
      ]);
    },
  );

  test('without an ending, up to the end of the stream', async () => {
    tcp.client('Hey');
    tcp.fin('client');
    tcp.decide('Hey');
    tcp.answer('Hey');
    tcp.fin('server');
    expect(await wire.lines()).toEqual(['response-sent 4 by 6, shown in 6']);
  });

  test('empty lines', async () => {
    tcp.client('\n\r\n\n');
    for (const line of ['\n', '\r\n', '\n']) tcp.decide(line);
    tcp.answer('\n\r\n\n');
    expect(await wire.lines()).toEqual(new Array(3).fill('response-sent 4 by 5, shown in 5'));
  });

  test('empty lines after a line with a tag', async () => {
    tcp.client(`${HEY}\n\n\n`);
    for (const line of [`${HEY}\n`, '\n', '\n']) tcp.decide(line);
    tcp.answer(`${HEY}\n`);
    tcp.answer('\n');
    tcp.answer('\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 4 by 6, shown in 6',
      'response-sent 4 by 7, shown in 7',
    ]);
  });

  test.each([
    ['\n', 0],
    ['\r\n', 0],
    ['\n', 0.5],
    ['\r\n', 0.5],
  ])('with a late ending %j, after %d s, which is echoed by itself', async (ending, seconds) => {
    exchange(HEY, {}, HEY);
    wire.pass(seconds);
    tcp.client(ending);
    tcp.answer(ending);
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 8 by 9, shown in 9',
    ]);
  });

  test('with a late ending that is the last byte', async () => {
    exchange(HEY, {}, HEY);
    tcp.client('\n');
    tcp.answer('\n');
    expect(await wire.lines()).toEqual(['response-sent 4 by 5, shown in 5']);
  });

  test('with an ending before the decision that is too late to be part of it', async () => {
    tcp.client(HEY);
    tcp.client('\n');
    tcp.decide(HEY, { fault: 'corruption', offset: 0, before: '0x48', after: '0xb7' });
    tcp.answer('\xb7ey|e4599fa9');
    tcp.answer('\n');
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 6, shown in 6',
      'response-sent 8 by 9, shown in 9',
    ]);
  });

  test('a retransmitted segment has no new bytes', async () => {
    const { seq } = tcp.client(HEY);
    tcp.client(HEY, { seq });
    tcp.decide(HEY);
    const answer = tcp.answer(HEY);
    tcp.answer(HEY, { seq: answer.seq });
    expect(await wire.lines()).toEqual(['response-sent 4 by 6, shown in 6']);
  });

  test('sequence numbers that wrap', async () => {
    wire = new Wire();
    tcp = wire.tcp({ numbers: { client: 2 ** 32 - 8, server: 2 ** 32 - 3 } }).open();
    exchange(HEY, {}, HEY);
    exchange(HEY, {}, HEY);
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
    ]);
  });
});

describe('nothing was sent', () => {
  test('because the client disconnected before the end of a delay', async () => {
    tcp.client(HEY);
    tcp.decide(HEY, { fault: 'delay', delay_ms: 2_000 });
    wire.pass(1);
    tcp.reset('client');
    expect(await wire.lines()).toEqual(['connection-closed 4 by none, shown in 4, ended in 5']);
  });

  test('though the client has only closed its side', async () => {
    tcp.client(HEY);
    tcp.decide(HEY);
    tcp.fin('client');
    wire.pass(9);
    tcp.fin('server');
    expect(await wire.lines()).toEqual(['response-missing 4 by none, shown in 4']);
  });

  test('because the capture ends before', async () => {
    exchange(HEY, { fault: 'delay', delay_ms: 2_000 });
    wire.pass(1);
    tcp.client('');
    expect(await wire.lines()).toEqual(['pending 4 by none, shown in 4']);
  });

  test('because the capture ends before a held-back answer', async () => {
    exchange(HEY, { fault: 'reorder' });
    wire.pass(0.9);
    tcp.client('');
    expect(await wire.lines()).toEqual(['pending 4 by none, shown in 4']);
  });

  test('of the rest of an answer, whose segment is after the end of the capture', async () => {
    exchange(HEY, {}, HEY.slice(0, 5));
    expect(await wire.lines()).toEqual(['pending 4 by 5, shown in 5']);
  });

  test('of a part of an answer when the capture ends', async () => {
    exchange('Hey\n', { fault: 'drip', interval_ms: 20 }, 'H', 'e');
    const { matches } = await wire.join();
    expect(matches).toMatchObject([{ reason: 'pending', request: [{ number: 4 }] }]);
  });
});

describe('the capture lacks', () => {
  test.each([0, 0.2])('a request that is answered %d s later', async (seconds) => {
    exchange('one\n', {}, 'one\n');
    const request = tcp.client('two\n');
    tcp.decide('two\n', { fault: 'delay', delay_ms: seconds * 1000 });
    wire.pass(seconds);
    tcp.answer('two\n');
    exchange('three\n', {}, 'three\n');
    expect(await wire.lines({ without: [request] })).toEqual([
      'response-sent 4 by 5, shown in 5',
      'request-missing none by 7, shown in 7',
      'response-sent 8 by 9, shown in 9',
    ]);
  });

  test('a request with a tag and no ending', async () => {
    exchange(HEY, {}, HEY);
    const request = tcp.client(HEY);
    tcp.decide(HEY, { fault: 'loss', loss: 'notice' });
    tcp.answer('error_code');
    exchange(HEY, {}, HEY);
    expect(await wire.lines({ without: [request] })).toEqual([
      'response-sent 4 by 5, shown in 5',
      'request-missing none by 7, shown in 7',
      'response-sent 8 by 9, shown in 9',
    ]);
  });

  test('the first request', async () => {
    const request = tcp.client('one\n');
    tcp.decide('one\n');
    tcp.answer('one\n');
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines({ without: [request] })).toEqual([
      'request-missing none by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
    ]);
  });

  test('a part of a request', async () => {
    tcp.client('on');
    const part = tcp.client('e\n');
    tcp.decide('one\n');
    tcp.answer('one\n');
    exchange('two\n', {}, 'two\n');
    const [first, second] = await wire.lines({ without: [part] });
    expect(first).toBe('request-missing 4 by 6, shown in 6');
    expect(second).toBe('response-sent 7 by 8, shown in 8');
  });

  test('an answer', async () => {
    exchange('one\n', {}, 'one\n');
    tcp.client('two\n');
    tcp.decide('two\n');
    const answer = tcp.answer('two\n');
    exchange('three\n', {}, 'three\n');
    expect(await wire.lines({ without: [answer] })).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-missing 6 by none, shown in 6',
      'response-sent 8 by 9, shown in 9',
    ]);
  });

  test('the last answer, which is acknowledged', async () => {
    tcp.client('one\n');
    tcp.decide('one\n');
    const answer = tcp.answer('one\n');
    tcp.client('');
    wire.pass(1);
    tcp.fin('client');
    expect(await wire.lines({ without: [answer] })).toEqual(['response-missing 4 by none, shown in 4']);
  });

  test('the last answer, which is not acknowledged', async () => {
    tcp.client('one\n');
    tcp.decide('one\n');
    const answer = tcp.answer('one\n');
    wire.pass(9);
    wire.udp().client('later');
    const [line] = await wire.lines({ without: [answer] });
    expect(line).toBe('response-missing 4 by none, shown in 4');
  });

  test('the handshake', async () => {
    exchange('one\n', {}, 'one\n');
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines({ begins: 4 })).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
    ]);
  });
});

describe('a different answer', () => {
  test('does not affect later ones', async () => {
    exchange('one\n', {}, 'onE\n');
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual([
      'response-differs 4 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
    ]);
  });

  test('is not confused with the answer to a retry of the same text', async () => {
    exchange(HEY, {}, 'Hey|e4599fa8');
    wire.pass(3);
    exchange(HEY, {}, HEY);
    expect(await wire.lines()).toEqual([
      'response-differs 4 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
    ]);
  });
});

describe('the memory for a message without its answer', () => {
  const MOST = 1_024;

  test.each([
    ['that was altered', 'response-differs', 'onE\n'],
    ['that is not captured', 'response-missing', ''],
  ])('is bounded: after one %s', (_what, reason, firstAnswer) => {
    const COUNT = 4 * MOST;
    const { connection, take, reasons } = openConnection();
    for (let at = 0; at < COUNT * 4; at += 4) {
      take(true, 1 + at, 1 + at, 'one\n');
      connection.decide(entryAt(at, 'one\n'));
      const answer = at === 0 ? firstAnswer : 'one\n';
      if (answer) take(false, 1 + at, 5 + at, answer);
    }
    expect(reasons).toHaveLength(COUNT);
    expect(reasons.indexOf(reason)).toBeGreaterThan(0);
    expect(reasons.indexOf(reason)).toBeLessThanOrEqual(MOST + 1);
    expect(reasons.filter((each) => each === 'response-sent')).toHaveLength(COUNT - 1);
  });
});

test('positions of held-back answers are kept only as long as they matter', async () => {
  const COUNT = 100;
  const ranges = jest.spyOn(SoughtMessage.prototype, 'ranges');
  for (let index = 0; index < COUNT; index += 1) {
    const held = exchange('one\n', { fault: 'reorder' });
    exchange('two\n', {}, 'two\n');
    tcp.sent(held);
    tcp.answer('one\n');
  }
  expect(new Set((await wire.join()).matches.map(({ reason }) => reason))).toEqual(
    new Set(['response-sent']),
  );
  expect(Math.max(...ranges.mock.calls.map(([late]) => late.length))).toBeLessThan(3);
  ranges.mockRestore();
});

describe('bytes without an entry', () => {
  test('of a client', async () => {
    exchange('one\n', {}, 'one\n');
    tcp.client('two\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'unjournaled client 4 bytes in 6',
    ]);
  });

  test('of a client, before a message with one', async () => {
    exchange('one\n', {}, 'one\n');
    tcp.client(`two\n${HEY}`);
    tcp.decide(HEY);
    tcp.answer(HEY);
    const lines = await wire.lines();
    expect(lines.slice(0, 2)).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 6 by 7, shown in 7',
    ]);
    expect(lines[2]).toMatch(/^unjournaled client \d bytes in 4?\+?6$/);
  });

  test('of the server', async () => {
    exchange('one\n', {}, 'one\n');
    tcp.answer('two\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'unjournaled server 4 bytes in 6',
    ]);
  });

  test('of a connection without any entry', async () => {
    tcp.client('one\n');
    tcp.answer('one\n');
    expect(await wire.lines()).toEqual([
      'unjournaled client 4 bytes in 4',
      'unjournaled server 4 bytes in 5',
    ]);
  });
});

describe('a reused port', () => {
  test.each([0.1, 30])('has a new connection %d s later', async (seconds) => {
    exchange('one\n', {}, 'one\n');
    tcp.fin('client');
    tcp.fin('server');
    wire.pass(seconds);
    tcp = wire.tcp({ numbers: { client: 77, server: 99 } }).open();
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 11 by 12, shown in 12',
    ]);
  });

  test('has a new connection after a reset, though its SYN is retransmitted', async () => {
    exchange(HEY, { fault: 'reset' });
    tcp.reset('server');
    wire.pass(0.01);
    tcp = wire.tcp({ numbers: { client: 77, server: 99 } });
    const syn = tcp.client('', { flags: 2 });
    tcp.client('', { flags: 2, seq: syn.seq });
    tcp.answer('', { flags: 0x12 });
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 9 by 10, shown in 10',
    ]);
  });
});

test.each(['\n', ''])(
  'an entry belongs to the earlier connection with a part of its message, with the ending %j',
  async (ending) => {
    const part = tcp.client('on');
    tcp.client(`e${ending}`);
    const later = wire.tcp({ numbers: { client: 77, server: 99 } }).open();
    tcp.decide(`one${ending}`);
    later.client('two\n');
    later.decide('two\n');
    later.answer('two\n');
    expect(await wire.lines({ without: [part] })).toEqual([
      'request-missing 5 by none, shown in 5',
      'response-sent 9 by 10, shown in 10',
    ]);
  },
);

describe('a segment of an earlier connection, after the SYN', () => {
  const FAR = 1_500_000_000;

  test.each<[string, (connection: TcpWire) => void]>([
    ['an acknowledgment', (tcp) => tcp.answer('', { seq: FAR + 9_000, ack: FAR })],
    ['data of the server', (tcp) => tcp.answer('old\n', { seq: FAR + 9_000, ack: FAR })],
    ['data of the client', (tcp) => tcp.client('old\n', { seq: (1_001 - FAR) >>> 0 })],
    ['data of the client, ahead', (tcp) => tcp.client('old\n', { seq: 1_001 + FAR })],
    ['a reset of the client', (tcp) => tcp.client('', { seq: FAR, flags: RST })],
  ])('is ignored: %s', async (_what, send) => {
    tcp = wire.tcp({ port: 40_002 });
    tcp.client('', { flags: SYN });
    send(tcp);
    tcp.answer('', { flags: SYN | ACK });
    tcp.client('');
    wire.pass(4);
    exchange('one\n', {}, 'one\n');
    expect(await wire.lines()).toEqual(['response-sent 8 by 9, shown in 9']);
  });

  test.each([
    ['client', 2 ** 26],
    ['client', FAR],
    ['client', -FAR],
    ['server', 2 ** 26],
    ['server', FAR],
    ['server', -FAR],
  ] as const)('is ignored: data of the %s at a distance of %d', async (side, far) => {
    exchange('one\n', {}, 'one\n');
    tcp.segment(side, 'old\n', { seq: (tcp.numbers[side] + far) >>> 0 });
    exchange('two\n', {}, 'two\n');
    exchange('six\n', {}, 'six\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 5, shown in 5',
      'response-sent 7 by 8, shown in 8',
      'response-sent 9 by 10, shown in 10',
    ]);
  });

  test('differs from a segment after a gap, which the other side acknowledges', () => {
    const GAP = 2 ** 25;
    const { connection, take, reasons } = openConnection();
    for (const at of [0, GAP, GAP + 4]) {
      take(true, 1 + at, 1 + at, 'one\n');
      connection.decide(entryAt(at, 'one\n'));
      take(false, 1 + at, 5 + at, 'one\n');
    }
    connection.finish(BEGINNING + 60);
    expect(reasons).toEqual(['response-sent', 'response-sent', 'request-missing']);
  });

  test('is ignored, though a reset precedes data', async () => {
    tcp.client('one\n');
    tcp.decide('one\n');
    tcp.client('', { seq: FAR, flags: RST });
    tcp.client('old\n', { seq: (1_001 - FAR) >>> 0 });
    tcp.answer('one\n');
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual([
      'response-sent 4 by 7, shown in 7',
      'response-sent 8 by 9, shown in 9',
    ]);
  });

  test.each([
    ['far ahead', FAR, undefined],
    ['far before', -FAR, undefined],
    ['in range', 1, BEGINNING],
  ])('ends the connection as a reset only if its number is in range: %s', (_what, seq, closed) => {
    const connection = new MessageConnection('client', () => {});
    const about = { toServer: true, ack: 0, payload: Buffer.alloc(0) };
    connection.take(segment({ ...about, seq: 0, flags: SYN }));
    connection.take(segment({ ...about, seq: seq >>> 0, flags: RST }));
    expect(connection.closed).toBe(closed);
  });

  test('takes no memory for the distance', () => {
    const found: string[] = [];
    const connection = new MessageConnection('client', (each) => found.push(each.kind));
    const take = (toServer: boolean, seq: number, ack: number, text: string, flags = ACK) =>
      connection.take(segment({ toServer, seq, ack, flags, payload: Buffer.from(text) }));
    const allocated = jest.spyOn(Buffer, 'alloc');
    take(true, 0, 0, '', SYN);
    take(false, 0, 1, '', SYN | ACK);
    take(true, FAR, 1, 'old\n');
    connection.finish(BEGINNING);
    expect(Math.max(0, ...allocated.mock.calls.map(([size]) => size))).toBeLessThan(FAR);
    allocated.mockRestore();
  });
});

test('a connection that the reader dropped because there were too many continues', async () => {
  exchange('one\n', { fault: 'delay', delay_ms: 3_000 });
  wire.tcp({ port: 40_001 }).client('', { flags: SYN });
  wire.pass(3);
  tcp.answer('one\n');
  exchange('two\n', {}, 'two\n');
  wire.pass(20);
  wire.udp().client('later');
  const [one, two] = await wire.lines({ followed: 1 });
  expect([one, two]).toEqual(['response-sent 4 by 6, shown in 6', 'response-sent 7 by 8, shown in 8']);
});

test('connections at the same time are separated', async () => {
  const other = wire.tcp({ port: 40_001 }).open();
  for (const connection of [tcp, other]) {
    connection.client('same\n');
    connection.decide('same\n', connection === other ? { fault: 'loss', loss: 'notice' } : {});
  }
  other.answer('Packet Loss');
  tcp.answer('same\n');
  expect(await wire.lines()).toEqual([
    'response-sent 7 by 10, shown in 10',
    'response-sent 8 by 9, shown in 9',
  ]);
});

/** A connection after its handshake, and the reasons that it emits. */
function openConnection() {
  const reasons: string[] = [];
  const connection = new MessageConnection('client', (found) => {
    reasons.push(found.kind === 'match' ? found.reason : found.kind);
  });
  const take = (toServer: boolean, seq: number, ack: number, text: string, flags = ACK) =>
    connection.take(segment({ toServer, seq, ack, flags, payload: Buffer.from(text) }));
  take(true, 0, 0, '', SYN);
  take(false, 0, 1, '', SYN | ACK);
  return { connection, take, reasons };
}
