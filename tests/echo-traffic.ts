import { createCipheriv, hash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { tagOf } from '#lib/message/message.ts';
import { connectEcho, host, key, portOf } from './echo-server.ts';
import type { Protocol } from './journal-entries.ts';

// echo-traffic.ts MESSAGES SEED, in the client host: sends so many messages to the echo server, half over TCP, cut
// into segments at random places, and half over UDP, the same for the same seed. Each body begins with a number of
// its own. Prints as JSON what was sent. The server must answer each message with as many bytes as it has.

const [messages = 0, seed = 0] = process.argv.slice(2).map(Number);

/** How many talk over TCP at once, and how many over UDP. */
const TALKERS = { tcp: 10, udp: 10 };
/** Messages of one connection. */
const MESSAGES_OF_CONNECTION = 32;
/** Messages under way at once on a connection, and on a UDP socket. */
const BURST = 8;

const random = createCipheriv('aes-128-ctr', hash('md5', String(seed), 'buffer'), Buffer.alloc(16));
const below = (count: number) => random.update(Buffer.alloc(4)).readUInt32LE() % count;
const of = <Item>(items: readonly Item[]) => items[below(items.length)]!;

const words = [
  'Hey',
  'Grüße',
  '你好',
  '🦈',
  '|',
  'a|b',
  'error_code',
  '\t',
  '$(id)',
  '"quoted"',
  '0123456789abcdef',
];
/** What looks like a tag stands only in messages that are sent whole, where it can't end a segment. */
const wholeWords = [...words, '|e4599fa9', '|00000000 and more'];

const sent: { number: number; protocol: Protocol; port: number; tag: string | undefined; length: number }[] =
  [];

function messageOf(number: number, protocol: Protocol, port: number, isWhole: boolean): Buffer {
  const text = Array.from({ length: below(12) }, () => of(isWhole ? wholeWords : words)).join(' ');
  // What looks like a tag at the very end would be one.
  const body = `#${number} ${text}.`;
  // Where a token is set the server refuses those.
  const isPlain = !key && number % 21 === 0;
  const ending = isPlain ? '\n' : of(['', '', '\n', '\r\n']);
  const tag = isPlain ? undefined : tagOf(body, key);
  sent.push({ number, protocol, port, tag, length: Buffer.byteLength(body) });
  return Buffer.from(`${body}${tag ? `|${tag}` : ''}${ending}`);
}

/** Bursts of messages: each together in one write, or in pieces, so that a segment has several or part of one. */
async function talkOverConnection(numbers: readonly number[]): Promise<void> {
  const socket = await connectEcho();
  let answered = 0;
  let written = 0;
  let { promise, resolve } = Promise.withResolvers<void>();
  socket.on('data', ({ length }) => {
    answered += length;
    if (answered === written) resolve();
  });
  for (let first = 0; first < numbers.length; first += BURST) {
    const isWhole = below(2) === 0;
    const burst = numbers
      .slice(first, first + BURST)
      .map((number) => messageOf(number, 'tcp', socket.localPort!, isWhole));
    ({ promise, resolve } = Promise.withResolvers<void>());
    const bytes = Buffer.concat(burst);
    written += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const length = isWhole ? bytes.length : 1 + below(120);
      socket.write(bytes.subarray(at, at + length));
      at += length;
      await setImmediate();
    }
    await promise;
  }
  socket.end();
  await once(socket, 'close');
}

async function talkOverTcp(numbers: readonly number[]): Promise<void> {
  for (let first = 0; first < numbers.length; first += MESSAGES_OF_CONNECTION) {
    await talkOverConnection(numbers.slice(first, first + MESSAGES_OF_CONNECTION));
  }
}

async function talkOverUdp(numbers: readonly number[]): Promise<void> {
  const socket = createSocket('udp4');
  socket.connect(portOf('echo', 'udp'), host);
  await once(socket, 'connect');
  let waiting = 0;
  let { promise, resolve } = Promise.withResolvers<void>();
  socket.on('message', () => {
    waiting -= 1;
    if (waiting === 0) resolve();
  });
  for (let first = 0; first < numbers.length; first += BURST) {
    ({ promise, resolve } = Promise.withResolvers<void>());
    const burst = numbers.slice(first, first + BURST);
    waiting = burst.length;
    for (const number of burst) socket.send(messageOf(number, 'udp', socket.address().port, true));
    await promise;
  }
  socket.close();
}

const numbers = Array.from({ length: messages }, (_, index) => index + 1);
const talkers = TALKERS.tcp + TALKERS.udp;
const shareOf = (talker: number) => numbers.filter((number) => number % talkers === talker);
const talks = Array.from({ length: talkers }, (_, talker) => talker);
await Promise.all(talks.map((talker) => (talker < TALKERS.tcp ? talkOverTcp : talkOverUdp)(shareOf(talker))));
console.log(JSON.stringify(sent));
