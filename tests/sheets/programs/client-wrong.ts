import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

// A client with one mistake, which its first argument names.

const [mistake = '', server = '', port = '', protocol = '', ...texts] = process.argv.slice(2);
const attempts = { 'for-ever': 10_000, 'gives-up-at-once': 1 }[mistake] ?? 3;
const milliseconds = { 'no-timeout': 10 ** 9, 'for-ever': 300, floods: 20 }[mistake] ?? 1000;
let goal = Number(port);

/** Pieces that arrive wait here; `undefined` is the end of the connection. */
interface Channel {
  readonly arrived: (string | undefined)[];
  send(bytes: string): void;
  wake(): void;
}

function channel(send: (bytes: string) => void): Channel {
  return { arrived: [], send, wake: () => undefined };
}

async function open(): Promise<Channel> {
  if (protocol === 'udp') {
    const socket = createSocket('udp4');
    const own = channel((bytes) => socket.send(bytes, goal, server));
    socket.on('message', (bytes) => take(own, bytes.toString('latin1'))).on('error', () => undefined);
    return own;
  }
  const socket = connect(goal, server);
  const own = channel((bytes) => socket.write(bytes));
  socket.on('data', (bytes) => take(own, bytes.toString('latin1')));
  socket.on('error', () => undefined).on('close', () => take(own, undefined));
  await once(socket, 'connect');
  return own;
}

function take(own: Channel, piece: string | undefined): void {
  own.arrived.push(piece);
  own.wake();
}

/** The next piece; `''` when none arrives in time, `undefined` when the connection has ended. */
async function next(own: Channel): Promise<string | undefined> {
  const bell = AbortSignal.timeout(milliseconds);
  while (own.arrived.length === 0 && !bell.aborted) {
    const { promise, resolve } = Promise.withResolvers<void>();
    own.wake = resolve;
    bell.addEventListener('abort', () => resolve(), { once: true });
    await promise;
  }
  return own.arrived.length === 0 ? '' : own.arrived.shift();
}

/** All that arrives as long as it begins as the message. */
async function answer(own: Channel, whole: string): Promise<string | undefined> {
  let data = await next(own);
  while (protocol === 'tcp' && data && data.length < whole.length && whole.startsWith(data)) {
    const more = await next(own);
    if (!more) return more;
    data += more;
  }
  return data;
}

/** Makes the attempts of a message. Returns the channel for the next one. */
async function send(before: Channel | undefined, text: string): Promise<Channel | undefined> {
  const whole = `${text}|${createHash('sha1').update(text).digest('hex').slice(0, 8)}`;
  let own = before;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    own ??= await open().catch(() => undefined);
    if (!own) continue;
    own.send(whole);
    const data = await answer(own, whole);
    if (data === undefined) {
      if (mistake === 'reconnects-wrongly') goal = Number(port) + 1;
      if (mistake !== 'old-socket') own = undefined;
    } else if (data === whole || (mistake === 'ignores-checksum' && data.includes('|'))) {
      console.log(`received: ${data.slice(0, data.lastIndexOf('|'))}`);
      if (mistake === 'duplicates') await printMore(own, whole);
      break;
    } else if (mistake === 'for-ever') {
      await sleep(milliseconds);
    }
  }
  return own;
}

async function printMore(own: Channel, whole: string): Promise<void> {
  await sleep(200);
  for (const data of own.arrived.splice(0))
    if (data === whole) console.log(`received: ${data.slice(0, data.lastIndexOf('|'))}`);
}

let own: Channel | undefined;
for (const text of texts) own = await send(own, text);
process.exit();
