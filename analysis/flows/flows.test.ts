import { expect, test } from '@jest/globals';
import { printedPacket } from '#analysis/capture/testing.ts';
import type { Host } from '#lib/lab/hosts.ts';
import { FlowLog } from './flow-log.ts';
import { Flows, flowFields } from './flows.ts';

const run = {
  addresses: { client: '10.0.142.133', server: '10.0.28.182' },
  ports: { http: 8080, https: 8443, echo: 9090, echoTls: 9443 },
  versions: {},
  starts: [],
} as const;
const BEGAN = 1_796_013_478;
const SIZE = 50_000;
const [ACK, SYN, FIN] = [0x10, 0x02, 0x01];

/** Makes the packets of connections from a port of the client to port 5201. */
class Wire {
  readonly packets: ReturnType<typeof packet>[] = [];
  time = BEGAN;

  put(
    from: Host,
    port: number,
    seq: number,
    more: { ack?: number; flags?: number; bytes?: number; sack?: string } = {},
  ) {
    this.time += 0.01;
    this.packets.push(packet(this.packets.length + 1, this.time, from, port, seq, more));
  }

  /** @param reverse the server sends @param segments of 50,000 bytes each */
  connection(port: number, segments: number, { reverse = false, begin = 4_294_967_000 } = {}) {
    const [sender, receiver]: Host[] = reverse ? ['server', 'client'] : ['client', 'server'];
    this.put('client', port, reverse ? 7 : begin, { flags: SYN });
    this.put('server', port, reverse ? begin : 7, { flags: SYN | ACK, ack: (reverse ? 7 : begin) + 1 });
    for (let one = 0; one < segments; one += 1) {
      const at = begin + 1 + one * SIZE;
      this.put(sender!, port, at, { bytes: SIZE, ack: 8 });
      this.put(receiver!, port, 8, { ack: at + SIZE });
    }
    const end = begin + 1 + segments * SIZE;
    this.put(sender!, port, end, { flags: FIN | ACK, ack: 8 });
    this.put(receiver!, port, 8, { flags: FIN | ACK, ack: end + 1 });
  }
}

function packet(
  number: number,
  time: number,
  from: Host,
  port: number,
  seq: number,
  {
    ack = 0,
    flags = ACK,
    bytes = 0,
    sack = '',
  }: { ack?: number; flags?: number; bytes?: number; sack?: string },
) {
  const isClient = from === 'client';
  return printedPacket(
    {
      'frame.time_epoch': time,
      '_ws.col.def_src': run.addresses[from],
      '_ws.col.def_dst': run.addresses[isClient ? 'server' : 'client'],
      'tcp.srcport': isClient ? port : 5201,
      'tcp.dstport': isClient ? 5201 : port,
      'tcp.seq_raw': seq >>> 0,
      'tcp.ack_raw': ack >>> 0,
      'tcp.flags': flags,
      'tcp.payload': Buffer.alloc(bytes).toString('hex'),
      'tcp.options': sack,
    },
    flowFields,
    number,
  );
}

async function factsOf(draw: (wire: Wire) => void, { host = 'client' as Host, log = new FlowLog() } = {}) {
  const wire = new Wire();
  draw(wire);
  const flows = new Flows(run, log);
  const listener = flows.of(host);
  listener.takePackets(wire.packets);
  listener.close();
  return { found: await flows.facts('/no such folder'), inAll: flows.inAll };
}

test('a connection with a megabyte is a flow, also when sequence numbers wrap', async () => {
  const { found, inAll } = await factsOf((wire) => wire.connection(40_000, 20));
  expect(inAll).toBe(1);
  expect(found).toMatchObject([
    {
      sender: 'client',
      client: '10.0.142.133:40000',
      server: '10.0.28.182:5201',
      began: '2026-11-30T04:37:58.010Z',
      firstFrame: 1,
      lastFrame: 44,
      bytes: 1_000_000,
      frames: 20,
      retransmissions: { fast: 0, timeout: 0, 'tail-probe': 0, unclear: 0 },
      flow: undefined,
      window: [],
      queue: [],
    },
  ]);
  expect(found[0]!.acked.at(-1)![1]).toBe(1_000_000);
});

test('a smaller one is a flow only if make flow sent it', async () => {
  expect(await factsOf((wire) => wire.connection(40_000, 19))).toEqual({ found: [], inAll: 0 });
  const log = new FlowLog();
  log.take({
    timestamp: '2026-11-30T04:37:58.050Z',
    flow: '3f60ac17',
    event: 'sample',
    ...{ client_port: 40_000, congestion: 'reno', mss: 1_448, cwnd: 10, ssthresh: 7 },
    ...{ bytes_acked: 0, bytes_retransmitted: 0, unacked: 0, lost: 0, sacked: 0 },
  });
  const { found } = await factsOf((wire) => wire.connection(40_000, 2), { log });
  expect(found).toMatchObject([
    { flow: '3f60ac17', congestion: 'reno', window: [{ at: 0.04, cwnd: 14_480, ssthresh: 10_136 }] },
  ]);
});

test('each flow is told by the capture of its sender alone', async () => {
  const draw = (wire: Wire) => wire.connection(40_000, 20, { reverse: true });
  expect((await factsOf(draw)).found).toEqual([]);
  expect((await factsOf(draw, { host: 'server' })).found).toMatchObject([
    { sender: 'server', client: '10.0.142.133:40000', bytes: 1_000_000 },
  ]);
});

test('a port above that of the server changes no name', async () => {
  const { found } = await factsOf((wire) => wire.connection(5_000, 20));
  expect(found).toMatchObject([{ client: '10.0.142.133:5000', server: '10.0.28.182:5201' }]);
});

test('SACK blocks and what is sent again are found', async () => {
  const block = (from: number, to: number) =>
    `0101050a${[from, to].map((edge) => (edge >>> 0).toString(16).padStart(8, '0')).join('')}`;
  const { found } = await factsOf((wire) => {
    const at = (segment: number) => 101 + segment * SIZE;
    wire.put('client', 40_000, 100, { flags: SYN });
    wire.put('server', 40_000, 7, { flags: SYN | ACK, ack: 101 });
    for (let one = 0; one < 22; one += 1) wire.put('client', 40_000, at(one), { bytes: SIZE });
    wire.put('server', 40_000, 8, { ack: at(0), sack: block(at(1), at(3)) });
    wire.put('client', 40_000, at(0), { bytes: SIZE });
    wire.put('server', 40_000, 8, { ack: at(22) });
  });
  expect(found).toMatchObject([
    {
      bytes: 1_100_000,
      retransmissions: { fast: 1 },
      retransmitted: [{ from: 0, to: SIZE, frame: 26, cause: 'fast' }],
      sacked: [[expect.any(Number), SIZE, 3 * SIZE]],
    },
  ]);
});

test('a frame has as many segments as the MSS of the receiver and the options allow', async () => {
  const stamps = `0101080a${'00'.repeat(8)}`;
  const { found } = await factsOf((wire) => {
    const at = (segment: number) => 101 + segment * SIZE;
    wire.put('client', 40_000, 100, { flags: SYN, sack: '02040218' });
    wire.put('server', 40_000, 7, { flags: SYN | ACK, ack: 101, sack: '020405b4' });
    for (let one = 0; one < 22; one += 1) wire.put('client', 40_000, at(one), { bytes: SIZE, sack: stamps });
    for (let one = 0; one < 4; one += 1) wire.put('server', 40_000, 8, { ack: at(0) });
    wire.put('client', 40_000, at(0), { bytes: 3 * 1_448, sack: stamps });
    wire.put('server', 40_000, 8, { ack: at(22) });
  });
  expect(found).toMatchObject([{ retransmissions: { fast: 3 }, retransmittedFrames: 1 }]);
});

test('the eight largest are kept, and all are counted', async () => {
  const { found, inAll } = await factsOf((wire) => {
    for (let one = 0; one < 12; one += 1) wire.connection(40_000 + one, 20 + one);
  });
  expect(inAll).toBe(12);
  expect(found.map(({ bytes }) => bytes / SIZE)).toEqual([24, 25, 26, 27, 28, 29, 30, 31]);
});
