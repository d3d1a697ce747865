import { beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { type TcpWire, Wire } from './join-testing.ts';

let wire: Wire;
let tcp: TcpWire;

beforeEach(() => {
  wire = new Wire();
  // The handshake is frames 1 to 3.
  tcp = wire.tcp().open();
});

function decided(message: string, answer: string, fields: Partial<MessageEntry> = {}): void {
  tcp.decide(message, fields);
  wire.pass(0.01);
  tcp.answer(answer);
}

const LOSS = { fault: 'loss', loss: 'notice' };

describe('a capture that begins in the middle of a connection with pipelined messages', () => {
  test('does not confuse messages of the same length', async () => {
    for (const message of ['one\n', 'two\n', 'six\n']) tcp.client(message);
    for (const message of ['one\n', 'two\n', 'six\n']) decided(message, message);
    expect(await wire.lines({ begins: 5 })).toEqual([
      'before-capture none by 7, shown in 7',
      'response-sent 5 by 8, shown in 8',
      'response-sent 6 by 9, shown in 9',
    ]);
  });

  test('does not confuse equal answers', async () => {
    for (const message of ['one\n', 'two\n']) tcp.client(message);
    decided('one\n', 'Packet Loss', LOSS);
    decided('two\n', 'Packet Loss', LOSS);
    expect(await wire.lines({ begins: 5 })).toEqual([
      'before-capture none by 6, shown in 6',
      'response-sent 5 by 7, shown in 7',
    ]);
  });

  test('has decisions from before its first frame of the connection', async () => {
    tcp.client('one\n');
    const { number } = wire.udp().client('another');
    wire.pass(0.01);
    decided('one\n', 'one\n');
    tcp.client('two\n');
    decided('two\n', 'two\n');
    const [one, two] = await wire.lines({ begins: number });
    expect([one, two]).toEqual(['before-capture none by 6, shown in 6', 'response-sent 7 by 8, shown in 8']);
  });

  test('lacks the message of the only entry', async () => {
    tcp.client('one\n');
    tcp.client('');
    decided('one\n', 'one\n');
    expect(await wire.lines({ begins: 5 })).toEqual(['before-capture none by none']);
  });
});

describe('a request that a capture lacks in its middle is missing', () => {
  beforeEach(() => {
    wire.pass(60);
    // The capture has no handshake of it.
    tcp = wire.tcp({ port: 40_001 });
  });

  test('also when a stray segment follows', async () => {
    tcp.decide('one\n');
    wire.pass(5);
    tcp.reset('server');
    expect(await wire.lines()).toEqual(['request-missing none by none']);
  });

  test('also when its connection has a different message', async () => {
    tcp.client('onE\n');
    tcp.decide('one\n', { at: 0 });
    tcp.answer('onE\n');
    expect((await wire.lines())[0]).toBe('request-missing none by none');
  });
});

test('a message with a different byte contradicts its entry', async () => {
  tcp.client('onE\n');
  decided('one\n', 'one\n', { at: 0 });
  expect(await wire.lines()).toEqual(['message-differs 4 by 5, shown in 5']);
});
