import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import { ca, openTestTls, type TestTls } from '#lib/tls/testing.ts';
import { type Exchange, Exchanges } from './exchanges.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const HEADERS = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';

let server: Server;
let opened: TestTls | undefined;
let client: Socket;

afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  server.close();
  await opened?.close();
  opened = undefined;
});

/** A server that returns the place of each request, and responds to `/held` when a test asks for it. */
async function serve(
  create: (answer: (...args: [never, ServerResponse]) => void, exchanges: Exchanges) => Server,
) {
  const exchanges = new Exchanges((socket) => opened?.tls.carrierOf(socket));
  const found: Exchange[] = [];
  const held: (() => void)[] = [];
  server = create(async (request, response) => {
    exchanges.take(request);
    found.push(await exchanges.of(request, response));
    response.sendDate = false;
    response.shouldKeepAlive = true;
    const answer = () => response.writeHead(200, { 'content-length': 2 }).end('ok');
    if ((request as { url: string }).url === '/held') held.push(answer);
    else answer();
  }, exchanges);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { found, held, port: (server.address() as AddressInfo).port };
}

async function answers(count: number): Promise<string> {
  let text = '';
  while (text.split('\r\n\r\nok').length <= count) text += (await once(client, 'data'))[0];
  return text;
}

test('a request with an unknown expectation is refused, and counted', async () => {
  const { found, port } = await serve((answer, exchanges) => exchanges.watch(createServer(answer as never)));
  client = connect(port, '127.0.0.1');
  client.write(GET.replace('Host: a', 'Host: a\r\nExpect: wonders'));
  let refusal = '';
  while (!refusal.endsWith('\r\n\r\n')) refusal += (await once(client, 'data'))[0];
  expect(refusal).toMatch(/^HTTP\/1.1 417 /);
  client.write(GET);
  await answers(1);
  expect(found).toEqual([{ exchange: 2, answer_at: refusal.length }]);
});

test('requests are numbered, and a response begins where the earlier ones end', async () => {
  const { found, port } = await serve((answer) => createServer(answer as never));
  client = connect(port, '127.0.0.1');
  client.write(GET);
  const first = await answers(1);
  client.write(GET);
  await answers(1);
  expect(found).toEqual([
    { exchange: 1, answer_at: 0 },
    { exchange: 2, answer_at: first.length },
  ]);
});

test('the offset of a response is unknown while an earlier one is not sent', async () => {
  const { found, held, port } = await serve((answer) => createServer(answer as never));
  client = connect(port, '127.0.0.1');
  client.write(GET.replace('/', '/held') + GET);
  while (held.length === 0) await new Promise(setImmediate);
  held[0]!();
  await answers(2);
  expect(found).toEqual([{ exchange: 1, answer_at: 0 }, { exchange: 2 }]);
});

test('over TLS they have offsets on the wire', async () => {
  opened = await openTestTls();
  const { tls } = opened;
  const { found, port } = await serve((answer) => tls.watch(createTlsServer(tls.options, answer as never)));
  const below = connect(port, '127.0.0.1');
  const secured = once(server, 'secureConnection');
  client = connectTls({ socket: below, host: '127.0.0.1', ca });
  await Promise.all([once(client, 'secureConnect'), secured]);
  for (let asked = 0; asked < 2; asked += 1) {
    client.write(GET);
    await answers(1);
  }
  const [first, second] = found;
  const record = 5 + 17;
  expect(second).toMatchObject({
    exchange: 2,
    wire_from: first!.wire_to,
    wire_to: first!.wire_to! + GET.length + record,
    wire_answer_at: first!.wire_answer_at! + second!.answer_at! + record,
  });
  expect(first!.wire_to! - first!.wire_from!).toBe(GET.length + record);
  expect([first!.answer_at, second!.answer_at! > HEADERS.length]).toEqual([0, true]);
  expect(below.bytesRead).toBe(second!.wire_answer_at! + second!.answer_at! + record);
});
