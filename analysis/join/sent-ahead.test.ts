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

describe('a capture that begins in the middle of a connection whose client has sent ahead', () => {
  test('takes no message for another one of its length', async () => {
    for (const message of ['one\n', 'two\n', 'six\n']) tcp.client(message);
    for (const message of ['one\n', 'two\n', 'six\n']) decided(message, message);
    expect(await wire.lines({ begins: 5 })).toEqual([
      'outside none by 7, shown in 7',
      'answered 5 by 8, shown in 8',
      'answered 6 by 9, shown in 9',
    ]);
  });

  test('takes no answer for another one like it', async () => {
    for (const message of ['one\n', 'two\n']) tcp.client(message);
    decided('one\n', 'Packet Loss', LOSS);
    decided('two\n', 'Packet Loss', LOSS);
    expect(await wire.lines({ begins: 5 })).toEqual([
      'outside none by 6, shown in 6',
      'answered 5 by 7, shown in 7',
    ]);
  });

  test('has what was decided before its first frame of the connection', async () => {
    tcp.client('one\n');
    const { number } = wire.udp().client('another');
    wire.pass(0.01);
    decided('one\n', 'one\n');
    tcp.client('two\n');
    decided('two\n', 'two\n');
    const [one, two] = await wire.lines({ begins: number });
    expect([one, two]).toEqual(['outside none by 6, shown in 6', 'answered 7 by 8, shown in 8']);
  });

  test('has not the message of the only entry', async () => {
    tcp.client('one\n');
    tcp.client('');
    decided('one\n', 'one\n');
    expect(await wire.lines({ begins: 5 })).toEqual(['outside none by none']);
  });
});

describe('what a capture lacks in its middle is lost', () => {
  beforeEach(() => {
    wire.pass(60);
    // The capture has no handshake of it.
    tcp = wire.tcp({ port: 40_001 });
  });

  test('also when a stray segment follows', async () => {
    tcp.decide('one\n');
    wire.pass(5);
    tcp.reset('server');
    expect(await wire.lines()).toEqual(['lost none by none']);
  });

  test('also when its connection has another message', async () => {
    tcp.client('onE\n');
    tcp.decide('one\n', { at: 0 });
    tcp.answer('onE\n');
    expect((await wire.lines())[0]).toBe('lost none by none');
  });
});

test('a message of which any byte is another is altered', async () => {
  tcp.client('onE\n');
  decided('one\n', 'one\n', { at: 0 });
  expect(await wire.lines()).toEqual(['altered 4 by 5, shown in 5']);
});
