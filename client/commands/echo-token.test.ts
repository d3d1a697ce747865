import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { hmacKey } from '#lib/message/hmac.ts';
import { encodeMessage } from '#lib/message/message.ts';
import { seed, useScriptedServer } from '../testing.ts';

const server = useScriptedServer();
const message = 'Hey';
const token = 'alice';
const signed = String(encodeMessage(message, hmacKey(token)));
const short = `${signed.slice('Hey|'.length, 'Hey|hmac-sha256:'.length + 8)}…`;

const begins = (payload: string) => [
  server.connected(),
  `[CLIENT] Message is ready to send: (${payload})`,
  '[CLIENT] Attempts: 1',
];

describe('with a token', () => {
  const valid = [
    `[CLIENT] Message received: ${signed}`,
    `[CLIENT] Current: ${short} & Original: ${short}`,
    '[CLIENT] Received valid reply: Hey',
  ];

  test.each([false, true])('a message and its echo have an HMAC (--reference: %s)', async (reference) => {
    expect(await server.run([], { message, token, reference })).toEqual({
      code: 0,
      lines: [...begins(signed), ...valid, seed.closed],
    });
    expect(server.received).toEqual([signed]);
  });

  test('a reply ends with its HMAC: one segment can have several replies', async () => {
    const old = String(encodeMessage('old', hmacKey(token)));
    const { code, lines } = await server.run([`${old}${signed}`], { message, token });
    expect(code).toBe(0);
    expect(lines).toContain('[CLIENT] Late answer to another message, ignored');
    expect(lines.slice(-4)).toEqual([...valid, seed.closed]);
  });

  test.each([
    ['a changed body', signed.replace('Hey', 'Hez')],
    ['an HMAC of another token', String(encodeMessage(message, hmacKey('bob')))],
  ])('%s is a mismatch, and leads to another attempt', async (_what, reply) => {
    const { code, lines } = await server.run([reply], { message, token });
    expect(code).toBe(0);
    expect(lines.slice(3, 7)).toEqual([
      `[CLIENT] Message received: ${reply}`,
      expect.stringMatching(
        /^\[CLIENT\] Current: hmac-sha256:[0-9a-f]{8}… & Original: hmac-sha256:[0-9a-f]{8}…$/,
      ),
      '[CLIENT] HMAC mismatch (corruption, or another token)',
      '[CLIENT] Attempts: 2',
    ]);
  });

  test('a checksum is no valid reply', async () => {
    const { lines } = await server.run(['Hey|e4599fa9'], { message, token });
    expect(lines.slice(3, 5)).toEqual([
      '[CLIENT] Message received: Hey|e4599fa9',
      '[CLIENT] Invalid format (possible attack)',
    ]);
  });

  test('a server with another token ends a message at once', async () => {
    const { code, lines } = await server.run(['refused: wrong HMAC\n'], { message, token });
    expect({ code, lines }).toEqual({
      code: 1,
      lines: [
        ...begins(signed),
        '[CLIENT] Message received: refused: wrong HMAC',
        '[CLIENT] Refused by server: wrong HMAC: this client and the server have different LAB_TOKENs',
        seed.closed,
      ],
    });
    expect(server.received).toHaveLength(1);
  });

  test('it is not printed', async () => {
    for (const json of [false, true]) {
      const { lines } = await server.run(['reset', 'refused: wrong HMAC\n'], { message, token, json });
      expect(lines.join('\n')).not.toContain(token);
    }
  });
});

describe('without a token', () => {
  test('a server that requires one ends a message at once, and the client prints what to do', async () => {
    const reason = 'no HMAC, and this server wants one (LAB_TOKEN)';
    for (const given of [{}, { token: '' }, { reference: true }]) {
      const { code, lines } = await server.run([`refused: ${reason}\n`], { message, ...given });
      expect({ code, lines }).toEqual({
        code: 1,
        lines: [
          ...begins('Hey|e4599fa9'),
          `[CLIENT] Message received: refused: ${reason}`,
          `[CLIENT] Refused by server: ${reason}: give this client the LAB_TOKEN of the server`,
          seed.closed,
        ],
      });
    }
  });

  test('a refusal is an attempt in JSON, and further messages are sent', async () => {
    const texts = (async function* () {
      yield* ['one', 'Hey'];
    })();
    const { code, lines } = await server.run(['refused: wrong HMAC\n'], { json: true }, { lines: texts });
    expect(code).toBe(1);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { body: 'one', answered: false, attempts: [{ result: 'unauthorized', reply: 'refused: wrong HMAC' }] },
      { body: 'Hey', answered: true },
    ]);
  });

  test('an echo that looks like a refusal is none', async () => {
    expect((await server.run([], { message: 'refused: wrong HMAC' })).code).toBe(0);
  });
});

test('on UDP a message and its echo have an HMAC, and a refusal ends it', async () => {
  const answers = [undefined, 'refused: wrong HMAC\n'];
  const echo = createSocket('udp4', (bytes, { port, address }) => {
    echo.send(answers.shift() ?? bytes, port, address);
  }).bind(0, '127.0.0.1');
  await once(echo, 'listening');
  const given = { message, token, protocol: 'udp', port: echo.address().port } as const;
  expect((await server.run([], given)).lines).toContain('[CLIENT] Received valid reply: Hey');
  const { code, lines } = await server.run([], given);
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(/^\[CLIENT\] Refused by server: wrong HMAC: /);
  echo.close();
});
