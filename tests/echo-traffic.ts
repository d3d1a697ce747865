import { createCipheriv, hash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { tagOf } from '#lib/message/message.ts';
import { connectEcho, host, key, portOf } from './echo-server.ts';
import type { Protocol } from './journal-entries.ts';

// echo-traffic.ts MESSAGES SEED, in the client host: sends this number of messages to the echo server, always the same
// for a seed. Half of them go over TCP, cut into segments at random places, and half over UDP. Each body begins with
// its own number. Prints the sent messages as JSON. The server must answer each message with as many bytes as it has.

const [messages = 0, seed = 0] = process.argv.slice(2).map(Number);

/** Clients at once over TCP, and over UDP. */
const TALKERS = { tcp: 10, udp: 10 };
/** Messages on one connection. */
const MESSAGES_OF_CONNECTION = 32;
/** Messages on the way at once on a connection, and on a UDP socket. */
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
/** A text that looks like a tag. Only messages that are sent whole have it, because there it can't end a segment. */
const wholeWords = [...words, '|e4599fa9', '|00000000 and more'];

const sent: { number: number; protocol: Protocol; port: number; tag: string | undefined; length: number }[] =
  [];

function messageOf(number: number, protocol: Protocol, port: number, isWhole: boolean): Buffer {
  const text = Array.from({ length: below(12) }, () => of(isWhole ? wholeWords : words)).join(' ');
  // At the very end, such a text would be a tag.
  const body = `#${number} ${text}.`;
  // With a token, the server refuses such messages.
  const isPlain = !key && number % 21 === 0;
  const ending = isPlain ? '\n' : of(['', '', '\n', '\r\n']);
  const tag = isPlain ? undefined : tagOf(body, key);
  sent.push({ number, protocol, port, tag, length: Buffer.byteLength(body) });
  return Buffer.from(`${body}${tag ? `|${tag}` : ''}${ending}`);
}

/** Bursts of messages, each in one write or in pieces. So a segment has several messages, or a part of one. */
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
