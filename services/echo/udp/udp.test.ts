import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { FaultName } from '#lib/faults/echo/index.ts';
import { createLab, type Lab, until } from '../testing.ts';
import { createUdpEcho } from './udp.ts';

const onDropped = jest.fn();

let lab: Lab;
let server: Socket;
let clients: Socket[];

beforeEach(async () => {
  onDropped.mockReset();
  lab = await createLab('udp');
  clients = [];
  server = createUdpEcho({ ...lab.parts, onDropped }).bind(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  jest.restoreAllMocks();
  for (const socket of [server, ...clients]) socket.close();
  await lab.close();
});

async function createClient() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  const received: string[] = [];
  socket.on('message', (bytes, { port }) => {
    expect(port).toBe(server.address().port);
    received.push(bytes.toString('latin1'));
  });
  clients.push(socket);
  await once(socket, 'listening');
  return {
    received,
    port: socket.address().port,
    send(...texts: string[]) {
      for (const text of texts) socket.send(Buffer.from(text, 'latin1'), server.address().port, '127.0.0.1');
    },
    async receives(...texts: string[]) {
      await until(() => received.length >= texts.length);
      expect(received).toEqual(texts);
    },
  };
}

async function entriesAre(count: number) {
  await until(async () => (await lab.entries()).length >= count);
  return lab.entries();
}

describe('a datagram comes back', () => {
  test.each([
    ['text', 'Hey'],
    ['a tagged message', 'Hey|e4599fa9'],
    ['a wrong tag', 'Hey|00000000'],
    ['several lines', 'one\ntwo|e4599fa9\n\n'],
    ['bytes that are not UTF-8', '\0\xff\xc3(\xed\xa0\x80\n'],
    ['the largest datagram there is', 'x'.repeat(65_507)],
    ['an empty datagram', ''],
  ])('as one: %s', async (_what, text) => {
    const client = await createClient();
    client.send(text);
    await client.receives(text);
  });

  test('to the client that sent it', async () => {
    const [one, two] = [await createClient(), await createClient()];
    one.send('one');
    two.send('two');
    await one.receives('one');
    await two.receives('two');
  });

  test('when another client has disconnected before its echo', async () => {
    const gone = createSocket('udp4');
    await new Promise((resolve) => gone.send('lost', server.address().port, '127.0.0.1', resolve));
    gone.close();
    const client = await createClient();
    client.send('next');
    await client.receives('next');
  });
});

describe('a fault', () => {
  test.each<[FaultName, string, string[]]>([
    ['none', 'Test3|5e595222', ['Test3|5e595222']],
    ['loss', 'Test3|5e595222', ['error_code']],
    ['loss', 'Test3', ['Packet Loss']],
    ['corruption', 'Test3|5e595222', ['\xabest3|5e595222']],
    ['duplicate', 'Test3|5e595222', ['Test3|5e595222', 'Test3|5e595222']],
    ['truncate', 'Test3|5e595222\n', ['T\n']],
  ])('%s answers %j with %j', async (fault, text, answers) => {
    lab.script(fault);
    const client = await createClient();
    client.send(text);
    await client.receives(...answers);
    expect(await lab.entries()).toMatchObject([{ fault, protocol: 'udp', client_port: client.port }]);
  });

  test('delay answers after its time and lets others pass', async () => {
    lab.script('delay', 'none');
    const client = await createClient();
    client.send('slow', 'quick');
    await until(() => client.received.length === 1);
    await lab.time.pass(1_500);
    await client.receives('quick', 'slow');
  });

  test('drip answers with a datagram for each byte', async () => {
    lab.script('drip');
    const client = await createClient();
    client.send('Hey');
    await lab.time.pass(20);
    await lab.time.pass(20);
    await client.receives('H', 'e', 'y');
  });

  test('reorder swaps two echoes to a client, whatever others get', async () => {
    lab.script('reorder', 'none');
    const [client, other] = [await createClient(), await createClient()];
    client.send('one');
    await entriesAre(1);
    other.send('other');
    await other.receives('other');
    lab.script('none');
    client.send('two');
    await client.receives('two', 'one');
  });

  test('reorder sends an echo after a second when no other one overtakes it', async () => {
    lab.script('reorder');
    const client = await createClient();
    client.send('one');
    await lab.time.pass(1_000);
    await client.receives('one');
  });

  test('reset does not exist here', async () => {
    lab.parts.faults.prepare({ profile: 'script:reset,loss' })();
    const client = await createClient();
    client.send('one', 'two');
    await client.receives('one', 'Packet Loss');
    expect(await lab.entries()).toMatchObject([{ fault: 'none' }, { fault: 'loss' }]);
  });

  test('that is silent sends nothing and journals the loss', async () => {
    const options = { ...lab.parts.options, loss: 'silent' as const };
    server.close();
    server = createUdpEcho({ ...lab.parts, options, onDropped }).bind(0, '127.0.0.1');
    await once(server, 'listening');
    lab.script('loss', 'none');
    const client = await createClient();
    client.send('one', 'two');
    await client.receives('two');
    expect(await lab.entries()).toMatchObject([{ fault: 'loss', loss: 'silent' }, { fault: 'none' }]);
  });
});

test('an answer is replaced by an error line while the journal can not be written', async () => {
  jest.spyOn(lab.parts.journal, 'append').mockRejectedValueOnce(new Error('ENOSPC'));
  const client = await createClient();
  client.send('one');
  await client.receives('Error writing log file\n');
  expect(lab.errors).toEqual(["the journal can't be written: Error: ENOSPC"]);
});

test('a delayed echo ends with the server', async () => {
  lab.script('delay');
  const client = await createClient();
  client.send('one');
  await until(() => lab.time.waiting(1_500) === 1);
  server.close();
  await until(() => lab.time.waiting(1_500) === 0);
  server = createSocket('udp4');
  expect(client.received).toEqual([]);
});

test('datagrams that wait for their echoes are limited, and dropped ones are reported once a second', async () => {
  lab.script('delay');
  const client = await createClient();
  const peer = { address: '127.0.0.1', port: client.port, family: 'IPv4', size: 0 };
  const largest = Buffer.alloc(65_507, 'x');
  const arrive = (count: number) => {
    for (let index = 0; index < count; index += 1) server.emit('message', largest, peer);
  };
  arrive(1_011);
  expect(lab.said).toHaveLength(1_008);
  await lab.time.pass(1_000);
  await until(() => onDropped.mock.calls.length > 0);
  arrive(2);
  await lab.time.pass(1_000);
  await until(() => onDropped.mock.calls.length > 1);
  expect(onDropped.mock.calls).toEqual([[3], [2]]);

  await until(() => lab.said.length === 2 * 1_008);
  arrive(1);
  expect(lab.said).toHaveLength(2 * 1_008 + 1);
});

test('prints the lines of the reference server', async () => {
  const client = await createClient();
  client.send('Hey|e4599fa9');
  await until(() => lab.said.length === 2);
  expect(lab.said).toEqual([
    `[UDP SERVER] Received from ('127.0.0.1', ${client.port}): Hey|e4599fa9\n[SERVER] No fault.`,
    '[UDP SERVER] Sent response.\n',
  ]);
});

test('a datagram from port 0, to which nothing can be sent, does no harm', async () => {
  server.emit('message', Buffer.from('Hey'), { address: '127.0.0.1', port: 0, family: 'IPv4', size: 3 });
  await new Promise(setImmediate);
  expect(await lab.entries()).toEqual([]);
});
