import { describe, expect, test } from '@jest/globals';
import { seed, useScriptedServer } from '../testing.ts';

const server = useScriptedServer();
const message = 'Hey';
const { ready, valid } = seed;

describe('messages', () => {
  async function* texts(...given: string[]) {
    yield* given;
  }

  test('come from the lines of a pipe, use one connection, and have a summary', async () => {
    const { code, lines } = await server.run(['echo', 'x\n', 'x\n', 'x\n'], {}, { lines: texts('a', 'b') });
    expect(code).toBe(1);
    expect(server.received).toEqual(['a|86f7e437', 'b|e9d71f5e', 'b|e9d71f5e', 'b|e9d71f5e']);
    expect(server.connections).toBe(1);
    expect(lines.at(-1)).toBe(
      '[CLIENT] 2 messages, 1 answered, 1 given up, 4 attempts: 1 × valid, 3 × invalid-format',
    );
  });

  test('are asked for on a terminal, after the connection is open', async () => {
    const asked: string[] = [];
    const ask = async (prompt: string) => {
      asked.push(prompt);
      return asked.length === 1 ? 'TCP' : 'Hey';
    };
    const { code, lines } = await server.run([], { protocol: undefined }, { ask });
    expect({ code, asked }).toEqual({
      code: 0,
      asked: ['[CLIENT] Choose UDP/TCP: ', '[CLIENT] Enter something: '],
    });
    expect(lines.slice(0, 2)).toEqual([server.connected(), ready]);
  });

  test('of no known protocol are refused', async () => {
    expect(await server.run([], { protocol: undefined, message }, { ask: async () => 'sctp' })).toEqual({
      code: 2,
      lines: ['[CLIENT] Connection error: Unsupported protocol. Use TCP or UDP.'],
    });
  });

  test('that are not allowed are not sent, and the others are', async () => {
    const { code, lines } = await server.run([], {}, { lines: texts(' ', 'shutdown', 'Hey') });
    expect(code).toBe(2);
    expect(lines.slice(1, 3)).toEqual([
      '[CLIENT] Empty message, nothing sent',
      '[CLIENT] Invalid or unsafe message',
    ]);
    expect(server.received).toEqual(['Hey|e4599fa9']);
  });

  test('are missing: an error', async () => {
    const { code, lines } = await server.run([]);
    expect(code).toBe(2);
    expect(lines).toContain('error: nothing to send: give --message, or lines on standard input');
  });

  test('are distributed over the connections, and the lines of each stay together', async () => {
    const { code, lines } = await server.run([], { message, count: 20, concurrency: 4 });
    expect(code).toBe(0);
    expect(server.connections).toBe(4);
    expect(server.received).toEqual(Array(20).fill('Hey|e4599fa9'));
    const blocks = lines.filter((text) => text.includes('Attempts: 1'));
    expect(blocks).toHaveLength(20);
    for (const block of blocks) expect(block).toContain(valid.join('\n'));
  });

  test('are objects with --json, with every attempt', async () => {
    const { lines } = await server.run(['reset', 'x\n'], { message, json: true });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        message: 1,
        protocol: 'tcp',
        body: 'Hey',
        answered: true,
        attempts: [
          { attempt: 1, result: 'reset', port: expect.any(Number), milliseconds: expect.any(Number) },
          {
            attempt: 2,
            result: 'invalid-format',
            port: expect.any(Number),
            reply: 'x',
            milliseconds: expect.any(Number),
          },
          {
            attempt: 3,
            result: 'valid',
            port: expect.any(Number),
            reply: 'Hey|e4599fa9',
            milliseconds: expect.any(Number),
          },
        ],
      },
    ]);
  });
});

test.each([
  [false, '[CLIENT] Interrupted after 1 messages, 1 answered, 0 given up, 1 attempts: 1 × valid'],
  [true, '{"interrupted":true,"messages":1,"given_up":0,"valid":1}'],
])('interrupted, it ends with 130 and prints its progress (json: %s)', async (json, line) => {
  const { code, lines } = await server.run(['echo', 'interrupt'], { message, count: 5, json });
  expect(code).toBe(130);
  expect(lines.at(-1)).toBe(line);
});
