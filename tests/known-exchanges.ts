import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { Agent as TlsAgent, get as tlsGet } from 'node:https';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type ConnectionOptions, type SecureVersion, connect as tlsConnect } from 'node:tls';
import { tagOf } from '#lib/message/message.ts';
import { key, token } from './echo-server.ts';

// known-exchanges.ts REQUESTS MESSAGES [VERSION], in the client host. Sends REQUESTS requests to the HTTP server and
// MESSAGES messages to the echo server, over many connections and ports. Half of the messages go over TCP, half over UDP.
// Each has a number of its own. Prints as JSON what was sent and from which port. With VERSION 1.2 or 1.3 all goes over
// that version of TLS.

const { LAB_SERVER_ADDRESS: host = '', ...ports } = process.env;
const [requests = 0, messages = 0] = process.argv.slice(2, 4).map(Number);
const version = process.argv[4];
const overTls: ConnectionOptions | undefined = version
  ? {
      ca: await readFile('/certificates/ca.pem'),
      minVersion: `TLSv${version}` as SecureVersion,
      maxVersion: `TLSv${version}` as SecureVersion,
    }
  : undefined;
const httpPort = Number(overTls ? ports.HTTPS_PORT : ports.HTTP_PORT);
const echoPort = Number(overTls ? ports.ECHO_TLS_PORT : ports.ECHO_PORT);

const HTTP_CLIENTS = 25;
/** A request fails after this time without a response. A server's timeout is shorter. */
const PATIENCE_MS = 60_000;
/** One request in 50 is aborted by its client as soon as it is sent. */
const ABORTED = 50;
const TCP_CLIENTS = 40;
const UDP_CLIENTS = 40;
/** How long a client waits for answers after its last message, in ms. */
const REST_MS = 700;
/** How long a client waits for the answer to a datagram, in ms, so that the server's socket does not overflow. */
const NEXT_MS = 100;

/** Every other message goes over TCP, or all of them with TLS, which UDP lacks. */
const step = overTls ? 1 : 2;

const headers = token ? { authorization: `Bearer ${token}` } : {};

const http: { number: number; port: number; status: number | undefined; isAborted: boolean }[] = [];
const echo: {
  number: number;
  protocol: 'tcp' | 'udp';
  port: number;
  tag: string | undefined;
  length: number;
}[] = [];

async function request(number: number, agent: Agent): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  let port = 0;
  const outgoing = (overTls ? tlsGet : get)(
    { host, port: httpPort, path: `/getbalance?number=${number}`, agent, headers },
    (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    },
  );
  outgoing
    .once('socket', (socket) => {
      const note = () => {
        port = socket.localPort ?? 0;
      };
      if (socket.connecting) socket.once('connect', note);
      else note();
    })
    .once('finish', () => {
      if (number % ABORTED === ABORTED - 1) outgoing.destroy();
    })
    .setTimeout(PATIENCE_MS, () => outgoing.destroy())
    .once('error', () => resolve(undefined));
  const status = await promise;
  http.push({ number, port, status, isAborted: number % ABORTED === ABORTED - 1 });
}

async function httpClient(first: number): Promise<void> {
  const options = { keepAlive: true, maxSockets: 1 };
  const agent = overTls ? new TlsAgent({ ...options, ...overTls }) : new Agent(options);
  for (let number = first; number < requests; number += HTTP_CLIENTS) {
    // A kept-alive connection carries some requests, then a new one begins.
    if (number % 7 === 0) agent.destroy();
    await request(number, agent);
  }
  agent.destroy();
}

function messageOf(number: number, protocol: 'tcp' | 'udp', port: number): Buffer {
  const body = `#${number} ${'x'.repeat(number % 50)}.`;
  // With a token the server refuses messages without a tag.
  const isPlain = !key && number % 5 === 0;
  const tag = isPlain ? undefined : tagOf(body, key);
  echo.push({ number, protocol, port, tag, length: body.length });
  return Buffer.from(`${body}${isPlain ? '' : `|${tag}`}${isPlain ? '\n' : ['', '\n', '\r\n'][number % 3]}`);
}

async function connected(): Promise<Socket> {
  const socket = overTls ? tlsConnect({ ...overTls, host, port: echoPort }) : connect(echoPort, host);
  socket.on('error', () => undefined).resume();
  await once(socket, overTls ? 'secureConnect' : 'connect');
  return socket;
}

/** Sends its messages, several per segment. After a reset it continues on a new connection. */
async function tcpClient(first: number): Promise<void> {
  const numbers = [];
  for (let number = first; number < messages; number += step * TCP_CLIENTS) numbers.push(number);
  while (numbers.length > 0) {
    const socket = await connected();
    const { localPort = 0 } = socket;
    while (numbers.length > 0 && socket.writable) {
      const group = numbers.splice(0, 1 + ((numbers[0]! >> 3) % 3));
      socket.write(Buffer.concat(group.map((number) => messageOf(number, 'tcp', localPort))));
      await Promise.race([once(socket, 'data').catch(() => undefined), setTimeout(REST_MS)]);
    }
    await setTimeout(REST_MS);
    socket.end();
    if (!socket.destroyed)
      await Promise.race([once(socket, 'close').catch(() => undefined), setTimeout(5_000)]);
  }
}

async function udpClient(first: number): Promise<void> {
  const socket = createSocket('udp4').on('error', () => undefined);
  socket.bind();
  await once(socket, 'listening');
  for (let number = first; number < messages; number += step * UDP_CLIENTS) {
    const answered = once(socket, 'message').catch(() => undefined);
    socket.send(messageOf(number, 'udp', socket.address().port), echoPort, host);
    if (number % 4 > 0) await Promise.race([answered, setTimeout(NEXT_MS)]);
  }
  await setTimeout(4 * REST_MS);
  socket.close();
}

const first = (count: number, step: number, from: number) =>
  Array.from({ length: count }, (_, at) => from + at * step);
await Promise.all([
  ...first(HTTP_CLIENTS, 1, 0).map(httpClient),
  ...first(TCP_CLIENTS, step, 0).map(tcpClient),
  ...(overTls ? [] : first(UDP_CLIENTS, step, 1).map(udpClient)),
]);
console.log(JSON.stringify({ http, echo }));
