import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hmacKey } from '#lib/message/hmac.ts';
import { encodeMessage } from '#lib/message/message.ts';
import { createTcpEcho } from './tcp/tcp.ts';
import { createLab, type Lab, read, serveTcp, type TcpServer, until } from './testing.ts';
import { createUdpEcho } from './udp/udp.ts';

const TOKEN = 'alice';
const key = hmacKey(TOKEN)!;
const signed = (body: string) => String(encodeMessage(body, key));
const tagOf = (message: string) => message.slice(message.lastIndexOf('|') + 1);
const forged = String(encodeMessage('Hey', hmacKey('bob')));

const NO_HMAC = 'refused: no HMAC, and this server wants one (LAB_TOKEN)\n';
const WRONG_HMAC = 'refused: wrong HMAC\n';

let lab: Lab;
let tcp: TcpServer;

beforeEach(async () => {
  lab = await createLab('tcp');
  tcp = await serveTcp(createTcpEcho({ ...lab.parts, token: TOKEN }));
});

afterEach(async () => {
  await tcp.close();
  await lab.close();
});

describe('on TCP, with a token', () => {
  test.each([
    ['a message with its HMAC', signed('Hey')],
    ['a line with its HMAC', `${signed('Hey')}\n`],
    ['several in one segment', `${signed('Hey')}${signed('Test3')}\r\n${signed('')}`],
    ['a body with a wrong HMAC', signed(forged)],
    ['a body with a checksum', signed('Hey|e4599fa9')],
    ['a body with a checksum, and another message', `${signed('abc|a9993e36 more')}${signed('next')}`],
  ])('%s comes back', async (_what, text) => {
    const client = await tcp.connect();
    client.write(text);
    expect(await read(client, text.length)).toBe(text);
  });

  test('an HMAC may arrive in several segments', async () => {
    const client = await tcp.connect();
    const text = signed('Hey');
    for (const piece of [text.slice(0, 2), text.slice(2, 20), text.slice(20, -1), text.slice(-1)]) {
      client.write(piece);
      await until(() => tcp.served[0]!.bytesRead === client.bytesWritten);
    }
    expect(await read(client, text.length)).toBe(text);
    expect(await lab.entries()).toMatchObject([{ fault: 'none', length: 3, tag: tagOf(text) }]);
  });

  test.each([
    ['a plain line', 'Hey\n', NO_HMAC],
    ['a checksum', 'Hey|e4599fa9\n', NO_HMAC],
    ['an HMAC that is cut off', `${signed('Hey').slice(0, -1)}\n`, NO_HMAC],
    ['an HMAC in the middle', `${forged}!\n`, NO_HMAC],
    ['the HMAC of another token', `${forged}\n`, WRONG_HMAC],
    ['the HMAC of another body', `${signed('Hey').replace('Hey', 'Hez')}\n`, WRONG_HMAC],
  ])('%s is refused, and the connection stays open', async (_what, text, refusal) => {
    const client = await tcp.connect();
    client.write(`${text}${signed('next')}`);
    const whole = refusal + signed('next');
    expect(await read(client, whole.length)).toBe(whole);
  });

  test.each([
    ['a wrong HMAC', forged, WRONG_HMAC],
    ['a checksum', 'Hey|e4599fa9', NO_HMAC],
  ])('%s ends a message when nothing follows for 50 ms', async (_what, text, refusal) => {
    const client = await tcp.connect();
    client.write(text);
    await lab.time.pass(50);
    expect(await read(client, refusal.length)).toBe(refusal);
    client.write(signed('next'));
    expect(await read(client, signed('next').length)).toBe(signed('next'));
  });

  test('a body that is cut after a checksum inside comes back whole', async () => {
    const client = await tcp.connect();
    const text = signed('abc|a9993e36 more');
    client.write('abc|a9993e36');
    await until(() => lab.time.waiting(50) === 1);
    client.write(text.slice('abc|a9993e36'.length) + signed('next'));
    const whole = text + signed('next');
    expect(await read(client, whole.length)).toBe(whole);
    expect(await lab.entries()).toMatchObject([
      { fault: 'none', length: 17 },
      { fault: 'none', length: 4 },
    ]);
  });

  test('a refused message is journaled and printed, without a draw', async () => {
    lab.script('loss', 'corruption');
    const client = await tcp.connect();
    const answer = await buffer(client.end(`Hey\nHey|e4599fa9\n${forged}\n${signed('Hey')}`));
    expect(String(answer)).toBe(`${NO_HMAC}${NO_HMAC}${WRONG_HMAC}error_code`);
    const entry = {
      timestamp: '2025-01-02T03:04:05.006Z',
      client_ip: '127.0.0.1',
      fault: 'refused',
      id: 1,
      client_port: expect.any(Number),
      protocol: 'tcp',
      length: 3,
      reason: 'no HMAC',
      ...{ at: 0, bytes: 4, crc: expect.stringMatching(/^[0-9a-f]{8}$/), answer_at: 0 },
    };
    const entries = await lab.entries();
    expect(entries).toEqual([
      entry,
      { ...entry, id: 2, tag: 'e4599fa9', at: 4, bytes: 13, answer_at: NO_HMAC.length },
      {
        ...{ ...entry, id: 3, tag: tagOf(forged), reason: 'wrong HMAC' },
        ...{ at: 17, bytes: forged.length + 1, answer_at: 2 * NO_HMAC.length },
      },
      expect.objectContaining({ id: 4, fault: 'loss', message: 1, length: 3, tag: tagOf(signed('Hey')) }),
    ]);
    expect(lab.said.slice(1, 7)).toEqual([
      '[TCP SERVER] Message Received: Hey\n[TCP SERVER] Refused: no HMAC\n',
      '[TCP SERVER] Sent response.\n',
      '[TCP SERVER] Message Received: Hey|e4599fa9\n[TCP SERVER] Refused: no HMAC\n',
      '[TCP SERVER] Sent response.\n',
      `[TCP SERVER] Message Received: ${forged}\n[TCP SERVER] Refused: wrong HMAC\n`,
      '[TCP SERVER] Sent response.\n',
    ]);
    expect(JSON.stringify([entries, lab.said, lab.errors])).not.toContain(TOKEN);
  });

  test.each([
    ['corruption', /^[^H]ey\|hmac-sha256:|^H[^e]y\||^He[^y]\|/],
    ['truncate', /^.{1,79}$/],
  ] as const)('%s changes neither the HMAC nor its border to the body', async (fault, expected) => {
    lab.script(fault);
    const client = await tcp.connect();
    const answer = (await buffer(client.end(signed('Hey')))).toString('latin1');
    expect(answer).toMatch(expected);
    if (fault === 'corruption') expect(answer.slice(3)).toBe(signed('Hey').slice(3));
  });

  test('an empty body can not be corrupted', async () => {
    lab.script('corruption');
    const client = await tcp.connect();
    expect(String(await buffer(client.end(signed(''))))).toBe(signed(''));
    expect(await lab.entries()).toMatchObject([{ fault: 'none', drawn: 'corruption', length: 0 }]);
  });
});

test('an empty token counts as none', async () => {
  const open = await serveTcp(createTcpEcho({ ...lab.parts, token: '' }));
  const client = await open.connect();
  expect(String(await buffer(client.end(`Hey\n${forged}`)))).toBe(`Hey\n${forged}`);
  expect(await lab.entries()).toMatchObject([{ length: 3 }, { fault: 'none', length: forged.length }]);
  await open.close();
});

describe('on UDP, with a token', () => {
  test('a message with its HMAC comes back, and others are refused', async () => {
    const server = createUdpEcho({ ...lab.parts, token: TOKEN, onDropped: () => undefined });
    const received: string[] = [];
    const client = createSocket('udp4', (bytes) => received.push(String(bytes))).bind(0, '127.0.0.1');
    await Promise.all([once(server.bind(0, '127.0.0.1'), 'listening'), once(client, 'listening')]);
    for (const [text, answer] of [
      [signed('Hey'), signed('Hey')],
      [`${signed('two\nlines')}\n`, `${signed('two\nlines')}\n`],
      ['Hey', NO_HMAC],
      ['', NO_HMAC],
      [forged, WRONG_HMAC],
    ] as const) {
      client.send(text, server.address().port, '127.0.0.1');
      await until(() => received.length === 1);
      expect(received.splice(0)).toEqual([answer]);
    }
    expect(await lab.entries()).toMatchObject([
      { fault: 'none', message: 1, length: 3 },
      { fault: 'none', message: 2, length: 9 },
      { fault: 'refused', protocol: 'udp', reason: 'no HMAC' },
      { fault: 'refused', length: 0 },
      { fault: 'refused', reason: 'wrong HMAC' },
    ]);
    expect(lab.said.at(-2)).toMatch(
      /^\[UDP SERVER\] Received from .*\n\[UDP SERVER\] Refused: wrong HMAC\n$/,
    );
    server.close();
    client.close();
  });
});
