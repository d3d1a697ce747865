import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ACK, type Frame, RST, SYN } from '#analysis/capture/frames.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { BEGINNING, type TcpWire, Wire } from './join-testing.ts';
import { MessageConnection } from './message-connection.ts';
import { SoughtMessage } from './sought-message.ts';

const HEY = 'Hey|e4599fa9';

let wire: Wire;
let tcp: TcpWire;

/** A segment that nothing keeps, for tests with many. */
function segment(fields: Pick<Frame, 'toServer' | 'seq' | 'ack' | 'flags' | 'payload'>): Frame {
  const rest = { number: 1, time: BEGINNING, requests: [], codes: [] } as const;
  return { ...rest, transport: 'tcp', client: 'client', server: 'echo', ...fields };
}

/** The entry of a message that is echoed as it is, where all before it were. */
function entryAt(at: number, text: string): MessageEntry {
  const said = wire.entryOf(Buffer.from(text));
  const place = { at, bytes: text.length, answer_at: at, client_ip: 'client', client_port: 1 };
  const timestamp = new Date(BEGINNING * 1_000).toISOString();
  return { ...said, ...place, protocol: 'tcp', timestamp, id: at + 1 };
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
    ['none', `${HEY}\n`, {}, [`${HEY}\n`], 'answered 4 by 5, shown in 5'],
    ['none in two segments', HEY, {}, ['Hey|', 'e4599fa9'], 'answered 4 by 5+6, shown in 5'],
    ['none, as another was drawn', '\n', { drawn: 'corruption' }, ['\n'], 'answered 4 by 5, shown in 5'],
    ['loss', HEY, { fault: 'loss', loss: 'notice' }, ['error_code'], 'answered 4 by 5, shown in 5'],
    [
      'loss of a line',
      'Hey\n',
      { fault: 'loss', loss: 'notice' },
      ['Packet Loss'],
      'answered 4 by 5, shown in 5',
    ],
    ['silent loss', HEY, { fault: 'loss', loss: 'silent' }, [], 'silent 4 by none, shown in 4'],
    [
      'corruption',
      'Hey\r\n',
      { fault: 'corruption', offset: 1, before: '0x65', after: '0x9a' },
      ['H\x9ay\r\n'],
      'answered 4 by 5, shown in 5',
    ],
    [
      'corruption in the second segment of its answer',
      'Hey\n',
      { fault: 'corruption', offset: 2, before: '0x79', after: '0x86' },
      ['He', '\x86\n'],
      'answered 4 by 5+6, shown in 6',
    ],
    ['duplicate', 'Hey\n', { fault: 'duplicate' }, ['Hey\n', 'Hey\n'], 'answered 4 by 5+6, shown in 6'],
    ['duplicate in one segment', 'Hey', { fault: 'duplicate' }, ['HeyHey'], 'answered 4 by 5, shown in 5'],
    ['truncate', `${HEY}\r\n`, { fault: 'truncate', kept: 2 }, ['He\r\n'], 'answered 4 by 5, shown in 5'],
    ['truncate to its body', HEY, { fault: 'truncate', kept: 3 }, ['Hey'], 'answered 4 by 5, shown in 5'],
    [
      'drip',
      'Hey\n',
      { fault: 'drip', interval_ms: 20 },
      ['H', 'e', 'y', '\n'],
      'answered 4 by 5+6+7+8, shown in 5',
    ],
    ['something else', HEY, {}, ['Hey|e4599fa8'], 'different 4 by 5, shown in 5'],
    ['something else than an empty line', '\n', {}, ['x'], 'different 4 by 5, shown in 5'],
  ])('%s', async (_fault, message, fields, answer, line) => {
    exchange(message, fields, ...answer);
    const [tie, ...more] = await wire.lines();
    expect(tie).toBe(line);
    expect(more).toEqual([]);
  });

  test('of a fault that nothing here knows nobody can say what was to leave', async () => {
    exchange(HEY, { fault: 'shout' }, HEY.toUpperCase());
    exchange(HEY, {}, HEY);
    expect(await wire.lines()).toEqual(['unexplained 4 by 5, shown in 5', 'answered 6 by 7, shown in 7']);
  });

  test('nor what is among the rest of it, which it had held back', async () => {
    const stuttered = exchange('one\n', { fault: 'stutter' }, 'o', 'n');
    tcp.client('two\n');
    tcp.decide('two\n');
    tcp.sent(stuttered);
    tcp.answer('e\nt');
    wire.pass(9);
    tcp.client('');
    expect(await wire.lines()).toEqual([
      'unexplained 4 by 5+6, shown in 5',
      'unexplained 7 by 8, shown in 8',
    ]);
  });

  test('delay: what leaves before its time is something else', async () => {
    tcp.client(HEY);
    tcp.decide(HEY, { fault: 'delay', delay_ms: 1_500 });
    wire.pass(1.5);
    tcp.answer(HEY);
    const { matches } = await wire.join();
    expect(matches).toMatchObject([{ verdict: 'answered', answer: [{ number: 5 }] }]);
    expect(matches[0]!.took).toBeCloseTo(1.5003, 5);

    wire = new Wire();
    tcp = wire.tcp().open();
    exchange(HEY, { fault: 'delay', delay_ms: 1_500 }, HEY);
    wire.pass(2);
    tcp.client('');
    expect(await wire.lines()).toEqual(['different 4 by 5, shown in 5']);
  });

  test('reset', async () => {
    exchange(HEY, { fault: 'reset' });
    tcp.reset('server');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5']);
  });

  test('a reset by the client is not the one that was decided', async () => {
    exchange(HEY, { fault: 'reset' });
    tcp.reset('client');
    expect(await wire.lines()).toEqual(['gone 4 by none, shown in 4, ended in 5']);
  });

  test('reorder: behind the next answer', async () => {
    const held = exchange('one\n', { fault: 'reorder' });
    exchange('two\n', {}, 'two\n');
    tcp.sent(held);
    tcp.answer('one\n');
    expect(await wire.lines()).toEqual(['answered 4 by 7, shown in 7', 'answered 5 by 6, shown in 6']);
  });

  test('reorder: behind the next answer in one segment', async () => {
    const held = exchange('one\n', { fault: 'reorder' });
    exchange('two\n', {});
    tcp.sent(held);
    tcp.answer('two\none\n');
    expect(await wire.lines()).toEqual(['answered 4 by 6, shown in 6', 'answered 5 by 6, shown in 6']);
  });

  test('reorder: an empty line', async () => {
    const held = exchange('\n', { fault: 'reorder' });
    exchange('two\n', {}, 'two\n');
    tcp.sent(held);
    tcp.answer('\n');
    expect(await wire.lines()).toEqual(['answered 4 by 7, shown in 7', 'answered 5 by 6, shown in 6']);
  });

  test('reorder: a second later', async () => {
    const held = exchange('one\n', { fault: 'reorder' });
    wire.pass(1);
    tcp.sent(held);
    tcp.answer('one\n');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5']);
  });

  test('reorder: two that are held, the second leaves first', async () => {
    const first = exchange('one\n', { fault: 'reorder' });
    const second = exchange('two\n', { fault: 'reorder' });
    tcp.sent(second);
    tcp.answer('two\n');
    tcp.sent(first);
    tcp.answer('one\n');
    expect(await wire.lines()).toEqual(['answered 4 by 7, shown in 7', 'answered 5 by 6, shown in 6']);
  });

  test('reorder: at the end of the stream', async () => {
    tcp.client('one\n');
    const held = tcp.decide('one\n', { fault: 'reorder' });
    tcp.fin('client');
    tcp.sent(held);
    tcp.answer('one\n');
    tcp.fin('server');
    expect(await wire.lines()).toEqual(['answered 4 by 6, shown in 6']);
  });
});

test('an answer may come before the time of its entry is over', async () => {
  wire.step = 0.0001;
  exchange('one\n', {}, 'one\n');
  exchange('two\n', { fault: 'duplicate' }, 'two\n', 'two\n');
  expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5', 'answered 6 by 7+8, shown in 8']);
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
      'answered 4 by 5, shown in 5',
      'answered 4 by 6, shown in 6',
      'answered 4 by 7, shown in 7',
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
    expect(await wire.lines()).toEqual(['answered 4+5+6 by 7, shown in 7', 'answered 6+8 by 9, shown in 9']);
  });

  test.each(['', 'a|b', '|', '|00000000', 'x|e4599fa9|', '\r', '\x00\xff'])(
    'with the body %j',
    async (body) => {
      for (const ending of ['\n', '\r\n']) exchange(`${body}${ending}`, {}, `${body}${ending}`);
      expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5', 'answered 6 by 7, shown in 7']);
    },
  );

  test('without an ending, up to the end of the stream', async () => {
    tcp.client('Hey');
    tcp.fin('client');
    tcp.decide('Hey');
    tcp.answer('Hey');
    tcp.fin('server');
    expect(await wire.lines()).toEqual(['answered 4 by 6, shown in 6']);
  });

  test('empty lines', async () => {
    tcp.client('\n\r\n\n');
    for (const line of ['\n', '\r\n', '\n']) tcp.decide(line);
    tcp.answer('\n\r\n\n');
    expect(await wire.lines()).toEqual(new Array(3).fill('answered 4 by 5, shown in 5'));
  });

  test('empty lines behind a line with a tag', async () => {
    tcp.client(`${HEY}\n\n\n`);
    for (const line of [`${HEY}\n`, '\n', '\n']) tcp.decide(line);
    tcp.answer(`${HEY}\n`);
    tcp.answer('\n');
    tcp.answer('\n');
    expect(await wire.lines()).toEqual([
      'answered 4 by 5, shown in 5',
      'answered 4 by 6, shown in 6',
      'answered 4 by 7, shown in 7',
    ]);
  });

  test.each([
    ['\n', 0],
    ['\r\n', 0],
    ['\n', 0.5],
    ['\r\n', 0.5],
  ])('whose ending %j comes late, after %d s, and is echoed by itself', async (ending, seconds) => {
    exchange(HEY, {}, HEY);
    wire.pass(seconds);
    tcp.client(ending);
    tcp.answer(ending);
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5', 'answered 8 by 9, shown in 9']);
  });

  test('whose ending comes late and is the last that is said', async () => {
    exchange(HEY, {}, HEY);
    tcp.client('\n');
    tcp.answer('\n');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5']);
  });

  test('whose ending has come when it is decided, and came too late to be part of it', async () => {
    tcp.client(HEY);
    tcp.client('\n');
    tcp.decide(HEY, { fault: 'corruption', offset: 0, before: '0x48', after: '0xb7' });
    tcp.answer('\xb7ey|e4599fa9');
    tcp.answer('\n');
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual(['answered 4 by 6, shown in 6', 'answered 8 by 9, shown in 9']);
  });

  test('a segment that is sent again carries nothing new', async () => {
    const { seq } = tcp.client(HEY);
    tcp.client(HEY, { seq });
    tcp.decide(HEY);
    const answer = tcp.answer(HEY);
    tcp.answer(HEY, { seq: answer.seq });
    expect(await wire.lines()).toEqual(['answered 4 by 6, shown in 6']);
  });

  test('over sequence numbers that begin again', async () => {
    wire = new Wire();
    tcp = wire.tcp({ numbers: { client: 2 ** 32 - 8, server: 2 ** 32 - 3 } }).open();
    exchange(HEY, {}, HEY);
    exchange(HEY, {}, HEY);
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5', 'answered 6 by 7, shown in 7']);
  });
});

describe('nothing left', () => {
  test('as the client was gone before the end of a delay', async () => {
    tcp.client(HEY);
    tcp.decide(HEY, { fault: 'delay', delay_ms: 2_000 });
    wire.pass(1);
    tcp.reset('client');
    expect(await wire.lines()).toEqual(['gone 4 by none, shown in 4, ended in 5']);
  });

  test('though the client has only closed its side', async () => {
    tcp.client(HEY);
    tcp.decide(HEY);
    tcp.fin('client');
    wire.pass(9);
    tcp.fin('server');
    expect(await wire.lines()).toEqual(['unanswered 4 by none, shown in 4']);
  });

  test('as the capture ends before', async () => {
    exchange(HEY, { fault: 'delay', delay_ms: 2_000 });
    wire.pass(1);
    tcp.client('');
    expect(await wire.lines()).toEqual(['open 4 by none, shown in 4']);
  });

  test('as the capture ends before one that is held back has left', async () => {
    exchange(HEY, { fault: 'reorder' });
    wire.pass(0.9);
    tcp.client('');
    expect(await wire.lines()).toEqual(['open 4 by none, shown in 4']);
  });

  test('of the rest of its answer, which is in a segment that the capture has not got any more', async () => {
    exchange(HEY, {}, HEY.slice(0, 5));
    expect(await wire.lines()).toEqual(['open 4 by 5, shown in 5']);
  });

  test('of a part of its answer when the capture ends', async () => {
    exchange('Hey\n', { fault: 'drip', interval_ms: 20 }, 'H', 'e');
    const { matches } = await wire.join();
    expect(matches).toMatchObject([{ verdict: 'open', request: [{ number: 4 }] }]);
  });
});

describe('frames that the capture has not got', () => {
  test.each([0, 0.2])('a request whose answer leaves %d s later', async (seconds) => {
    exchange('one\n', {}, 'one\n');
    const request = tcp.client('two\n');
    tcp.decide('two\n', { fault: 'delay', delay_ms: seconds * 1000 });
    wire.pass(seconds);
    tcp.answer('two\n');
    exchange('three\n', {}, 'three\n');
    expect(await wire.lines({ without: [request] })).toEqual([
      'answered 4 by 5, shown in 5',
      'lost none by 7, shown in 7',
      'answered 8 by 9, shown in 9',
    ]);
  });

  test('a request with a tag and no ending', async () => {
    exchange(HEY, {}, HEY);
    const request = tcp.client(HEY);
    tcp.decide(HEY, { fault: 'loss', loss: 'notice' });
    tcp.answer('error_code');
    exchange(HEY, {}, HEY);
    expect(await wire.lines({ without: [request] })).toEqual([
      'answered 4 by 5, shown in 5',
      'lost none by 7, shown in 7',
      'answered 8 by 9, shown in 9',
    ]);
  });

  test('the first request', async () => {
    const request = tcp.client('one\n');
    tcp.decide('one\n');
    tcp.answer('one\n');
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines({ without: [request] })).toEqual([
      'lost none by 5, shown in 5',
      'answered 6 by 7, shown in 7',
    ]);
  });

  test('a part of a request', async () => {
    tcp.client('on');
    const part = tcp.client('e\n');
    tcp.decide('one\n');
    tcp.answer('one\n');
    exchange('two\n', {}, 'two\n');
    const [first, second] = await wire.lines({ without: [part] });
    expect(first).toBe('lost 4 by 6, shown in 6');
    expect(second).toBe('answered 7 by 8, shown in 8');
  });

  test('an answer', async () => {
    exchange('one\n', {}, 'one\n');
    tcp.client('two\n');
    tcp.decide('two\n');
    const answer = tcp.answer('two\n');
    exchange('three\n', {}, 'three\n');
    expect(await wire.lines({ without: [answer] })).toEqual([
      'answered 4 by 5, shown in 5',
      'unanswered 6 by none, shown in 6',
      'answered 8 by 9, shown in 9',
    ]);
  });

  test('the last answer, which is acknowledged', async () => {
    tcp.client('one\n');
    tcp.decide('one\n');
    const answer = tcp.answer('one\n');
    tcp.client('');
    wire.pass(1);
    tcp.fin('client');
    expect(await wire.lines({ without: [answer] })).toEqual(['unanswered 4 by none, shown in 4']);
  });

  test('the last answer, of which nothing tells', async () => {
    tcp.client('one\n');
    tcp.decide('one\n');
    const answer = tcp.answer('one\n');
    wire.pass(9);
    wire.udp().client('later');
    const [line] = await wire.lines({ without: [answer] });
    expect(line).toBe('unanswered 4 by none, shown in 4');
  });

  test('the handshake', async () => {
    exchange('one\n', {}, 'one\n');
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines({ begins: 4 })).toEqual([
      'answered 4 by 5, shown in 5',
      'answered 6 by 7, shown in 7',
    ]);
  });
});

describe('an answer that is something else', () => {
  test('leaves those behind it alone', async () => {
    exchange('one\n', {}, 'onE\n');
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual(['different 4 by 5, shown in 5', 'answered 6 by 7, shown in 7']);
  });

  test('does not take that to a retry of the same text for its own', async () => {
    exchange(HEY, {}, 'Hey|e4599fa8');
    wire.pass(3);
    exchange(HEY, {}, HEY);
    expect(await wire.lines()).toEqual(['different 4 by 5, shown in 5', 'answered 6 by 7, shown in 7']);
  });
});

describe('what is kept behind a message without its answer', () => {
  const MOST = 1_024;

  test.each([
    ['that was altered', 'different', 'onE\n'],
    ['that is not captured', 'unanswered', ''],
  ])('is bounded: behind one %s', (_what, verdict, firstAnswer) => {
    const COUNT = 4 * MOST;
    const { connection, take, verdicts } = openConnection();
    for (let at = 0; at < COUNT * 4; at += 4) {
      take(true, 1 + at, 1 + at, 'one\n');
      connection.decide(entryAt(at, 'one\n'));
      const answer = at === 0 ? firstAnswer : 'one\n';
      if (answer) take(false, 1 + at, 5 + at, answer);
    }
    expect(verdicts).toHaveLength(COUNT);
    expect(verdicts.indexOf(verdict)).toBeGreaterThan(0);
    expect(verdicts.indexOf(verdict)).toBeLessThanOrEqual(MOST + 1);
    expect(verdicts.filter((each) => each === 'answered')).toHaveLength(COUNT - 1);
  });
});

test('where held answers left is kept only as long as another can be around it', async () => {
  const COUNT = 100;
  const ranges = jest.spyOn(SoughtMessage.prototype, 'ranges');
  for (let index = 0; index < COUNT; index += 1) {
    const held = exchange('one\n', { fault: 'reorder' });
    exchange('two\n', {}, 'two\n');
    tcp.sent(held);
    tcp.answer('one\n');
  }
  expect(new Set((await wire.join()).matches.map(({ verdict }) => verdict))).toEqual(new Set(['answered']));
  expect(Math.max(...ranges.mock.calls.map(([late]) => late.length))).toBeLessThan(3);
  ranges.mockRestore();
});

describe('what no entry speaks of', () => {
  test('of a client', async () => {
    exchange('one\n', {}, 'one\n');
    tcp.client('two\n');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5', 'unjournaled client 4 bytes in 6']);
  });

  test('of a client, before a message of which one does', async () => {
    exchange('one\n', {}, 'one\n');
    tcp.client(`two\n${HEY}`);
    tcp.decide(HEY);
    tcp.answer(HEY);
    const lines = await wire.lines();
    expect(lines.slice(0, 2)).toEqual(['answered 4 by 5, shown in 5', 'answered 6 by 7, shown in 7']);
    expect(lines[2]).toMatch(/^unjournaled client \d bytes in 4?\+?6$/);
  });

  test('of the server', async () => {
    exchange('one\n', {}, 'one\n');
    tcp.answer('two\n');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5', 'unjournaled server 4 bytes in 6']);
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

describe('a port that is used again', () => {
  test.each([0.1, 30])('%d s later has a connection of its own', async (seconds) => {
    exchange('one\n', {}, 'one\n');
    tcp.fin('client');
    tcp.fin('server');
    wire.pass(seconds);
    tcp = wire.tcp({ numbers: { client: 77, server: 99 } }).open();
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5', 'answered 11 by 12, shown in 12']);
  });

  test('after a reset, though its SYN comes twice', async () => {
    exchange(HEY, { fault: 'reset' });
    tcp.reset('server');
    wire.pass(0.01);
    tcp = wire.tcp({ numbers: { client: 77, server: 99 } });
    const syn = tcp.client('', { flags: 2 });
    tcp.client('', { flags: 2, seq: syn.seq });
    tcp.answer('', { flags: 0x12 });
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual(['answered 4 by 5, shown in 5', 'answered 9 by 10, shown in 10']);
  });
});

test.each(['\n', ''])(
  'an entry is of the earlier connection that has a part of its message, with the ending %j',
  async (ending) => {
    const part = tcp.client('on');
    tcp.client(`e${ending}`);
    const later = wire.tcp({ numbers: { client: 77, server: 99 } }).open();
    tcp.decide(`one${ending}`);
    later.client('two\n');
    later.decide('two\n');
    later.answer('two\n');
    expect(await wire.lines({ without: [part] })).toEqual([
      'lost 5 by none, shown in 5',
      'answered 9 by 10, shown in 10',
    ]);
  },
);

describe('what is left over of an earlier connection, after the SYN', () => {
  const FAR = 1_500_000_000;

  test.each<[string, (connection: TcpWire) => void]>([
    ['an acknowledgment', (tcp) => tcp.answer('', { seq: FAR + 9_000, ack: FAR })],
    ['data of the server', (tcp) => tcp.answer('old\n', { seq: FAR + 9_000, ack: FAR })],
    ['data of the client', (tcp) => tcp.client('old\n', { seq: (1_001 - FAR) >>> 0 })],
    ['data of the client, ahead', (tcp) => tcp.client('old\n', { seq: 1_001 + FAR })],
    ['a reset of the client', (tcp) => tcp.client('', { seq: FAR, flags: RST })],
  ])('is none of it: %s', async (_what, leave) => {
    tcp = wire.tcp({ port: 40_002 });
    tcp.client('', { flags: SYN });
    leave(tcp);
    tcp.answer('', { flags: SYN | ACK });
    tcp.client('');
    wire.pass(4);
    exchange('one\n', {}, 'one\n');
    expect(await wire.lines()).toEqual(['answered 8 by 9, shown in 9']);
  });

  test.each([
    ['client', 2 ** 26],
    ['client', FAR],
    ['client', -FAR],
    ['server', 2 ** 26],
    ['server', FAR],
    ['server', -FAR],
  ] as const)('is none of it: data of the %s at %d from its own', async (side, far) => {
    exchange('one\n', {}, 'one\n');
    tcp.says(side, 'old\n', { seq: (tcp.numbers[side] + far) >>> 0 });
    exchange('two\n', {}, 'two\n');
    exchange('six\n', {}, 'six\n');
    expect(await wire.lines()).toEqual([
      'answered 4 by 5, shown in 5',
      'answered 7 by 8, shown in 8',
      'answered 9 by 10, shown in 10',
    ]);
  });

  test('is told from what follows a gap, which the other side has', () => {
    const GAP = 2 ** 25;
    const { connection, take, verdicts } = openConnection();
    for (const at of [0, GAP, GAP + 4]) {
      take(true, 1 + at, 1 + at, 'one\n');
      connection.decide(entryAt(at, 'one\n'));
      take(false, 1 + at, 5 + at, 'one\n');
    }
    connection.finish(BEGINNING + 60);
    expect(verdicts).toEqual(['answered', 'answered', 'lost']);
  });

  test('is none of it, though a reset is before data', async () => {
    tcp.client('one\n');
    tcp.decide('one\n');
    tcp.client('', { seq: FAR, flags: RST });
    tcp.client('old\n', { seq: (1_001 - FAR) >>> 0 });
    tcp.answer('one\n');
    exchange('two\n', {}, 'two\n');
    expect(await wire.lines()).toEqual(['answered 4 by 7, shown in 7', 'answered 8 by 9, shown in 9']);
  });

  test.each([
    ['far ahead', FAR, undefined],
    ['far before', -FAR, undefined],
    ['of it', 1, BEGINNING],
  ])('a reset ends it only where its number can be of it: %s', (_what, seq, closed) => {
    const connection = new MessageConnection('client', () => {});
    const about = { toServer: true, ack: 0, payload: Buffer.alloc(0) };
    connection.take(segment({ ...about, seq: 0, flags: SYN }));
    connection.take(segment({ ...about, seq: seq >>> 0, flags: RST }));
    expect(connection.closed).toBe(closed);
  });

  test('takes no memory for all that would be between', () => {
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

test('a connection that the reader let go of, as there were too many, goes on', async () => {
  exchange('one\n', { fault: 'delay', delay_ms: 3_000 });
  wire.tcp({ port: 40_001 }).client('', { flags: SYN });
  wire.pass(3);
  tcp.answer('one\n');
  exchange('two\n', {}, 'two\n');
  wire.pass(20);
  wire.udp().client('later');
  const [one, two] = await wire.lines({ followed: 1 });
  expect([one, two]).toEqual(['answered 4 by 6, shown in 6', 'answered 7 by 8, shown in 8']);
});

test('connections at the same time are told apart', async () => {
  const other = wire.tcp({ port: 40_001 }).open();
  for (const connection of [tcp, other]) {
    connection.client('same\n');
    connection.decide('same\n', connection === other ? { fault: 'loss', loss: 'notice' } : {});
  }
  other.answer('Packet Loss');
  tcp.answer('same\n');
  expect(await wire.lines()).toEqual(['answered 7 by 10, shown in 10', 'answered 8 by 9, shown in 9']);
});

/** A connection after its handshake, and the verdicts that it tells. */
function openConnection() {
  const verdicts: string[] = [];
  const connection = new MessageConnection('client', (found) => {
    verdicts.push(found.kind === 'match' ? found.verdict : found.kind);
  });
  const take = (toServer: boolean, seq: number, ack: number, text: string, flags = ACK) =>
    connection.take(segment({ toServer, seq, ack, flags, payload: Buffer.from(text) }));
  take(true, 0, 0, '', SYN);
  take(false, 0, 1, '', SYN | ACK);
  return { connection, take, verdicts };
}
