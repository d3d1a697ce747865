import { expect, test } from '@jest/globals';
import { type CarriedFields, carried } from '#analysis/capture/testing.ts';
import type { Gap } from '#lib/journal/run.ts';
import type { Host } from '#lib/lab/hosts.ts';
import { type Datagram, encodeDatagram } from '#lib/transfer/datagram.ts';
import { compare } from './compare.ts';
import type { Travelling } from './packets.ts';

const data: Datagram = {
  kind: 'DATA',
  id: '0123abcd',
  mode: 'go-back-n',
  sequence: 7,
  ack: 0,
  window: 0,
  payload: Buffer.from('hello'),
};

/** The captures of both hosts, and the packets between them. */
class Path {
  readonly #captures: Readonly<Record<Host, Travelling[]>> = { server: [], client: [] };

  constructor() {
    // Both captures run from 0 s to 100 s.
    for (const time of [0, 100]) this.send(`at ${time}`, { time });
  }

  /** A packet from the client, which arrives 10 µs later unless given otherwise. */
  send(
    identity: string,
    {
      time,
      from = 'client',
      payload = 'Hey',
      segment,
      arrives = [[0.000_01]],
    }: {
      readonly time: number;
      readonly from?: Host;
      readonly payload?: string;
      readonly segment?: CarriedFields;
      /** Seconds until each arrival, and its payload if that differs. */
      readonly arrives?: readonly (readonly [took: number, payload?: string])[];
    },
  ): void {
    const packet = {
      from,
      time,
      identity,
      flow: 'a flow',
      payload,
      carried: segment && carried(segment),
      frame: 0,
    };
    const other = from === 'client' ? 'server' : 'client';
    this.#captures[from].push({ ...packet, seenAt: from });
    for (const [took, arrived = payload] of arrives) {
      this.#captures[other].push({ ...packet, seenAt: other, payload: arrived, time: time + took });
    }
  }

  compare({ serverBegins = 0, serverEnds = 1_000, gaps = [] as readonly Gap[] } = {}) {
    const inOrder = (host: Host) =>
      this.#captures[host]
        .sort((a, b) => a.time - b.time)
        .map((packet, index) => ({ ...packet, frame: index + 1 }))
        .filter(({ time }) => host === 'client' || (time >= serverBegins && time <= serverEnds));
    return compare([list(inOrder('server')), list(inOrder('client'))], gaps);
  }
}

async function* list(packets: readonly Travelling[]): AsyncGenerator<Travelling> {
  yield* packets;
}

const none = { neverArrived: 0, altered: 0, late: 0, twice: 0 };

test('packets that arrive are counted and timed', async () => {
  const path = new Path();
  path.send('one', { time: 1 });
  path.send('two', { time: 2, from: 'server', arrives: [[0.000_03]] });
  const found = await path.compare();
  expect(found).toMatchObject({ arrived: 4, inAll: none, retransmissions: 0 });
  expect(found.oneWay!.longest).toBeCloseTo(0.000_03, 8);
  expect(found.oneWay!.median / 0.000_01).toBeCloseTo(1, 1);
});

test('a packet that never arrives is listed with its frame', async () => {
  const path = new Path();
  path.send('lost', { time: 50, arrives: [] });
  expect(await path.compare()).toMatchObject({
    arrived: 2,
    inAll: { ...none, neverArrived: 1 },
    neverArrived: [{ from: 'client', frame: 2, info: 'a flow, 3 bytes', arrivedAs: undefined }],
  });
});

test('a packet that arrives with other bytes is altered, not lost', async () => {
  const path = new Path();
  path.send('altered', { time: 50, from: 'server', arrives: [[0.000_01, 'He\xaa']] });
  expect(await path.compare()).toMatchObject({
    arrived: 2,
    inAll: { ...none, altered: 1 },
    altered: [{ from: 'server', frame: 2, arrivedAs: 2 }],
  });
});

test('a late packet has arrived', async () => {
  const path = new Path();
  path.send('late', { time: 50, arrives: [[0.2]] });
  const found = await path.compare();
  expect(found).toMatchObject({ arrived: 3, inAll: { ...none, late: 1 } });
  expect(found.late[0]).toMatchObject({ frame: 2, arrivedAs: 2 });
  expect(found.late[0]!.took).toBeCloseTo(0.2, 6);
});

test('a packet that is sent once and arrives twice is listed', async () => {
  const path = new Path();
  path.send('copied', { time: 50, arrives: [[0.000_01], [0.000_02]] });
  expect(await path.compare()).toMatchObject({
    arrived: 3,
    retransmissions: 0,
    inAll: { ...none, twice: 1 },
    twice: [{ from: 'client', frame: 2, arrivedAs: 3 }],
  });
});

test('a packet that is sent twice and arrives twice is no copy', async () => {
  const path = new Path();
  for (const time of [50, 50.3]) path.send('alike', { time });
  expect(await path.compare()).toMatchObject({ arrived: 4, inAll: none });
});

test('a packet that is sent twice and arrives once is lost once', async () => {
  const path = new Path();
  path.send('alike', { time: 50, arrives: [] });
  path.send('alike', { time: 50.3 });
  expect(await path.compare()).toMatchObject({ arrived: 3, inAll: { ...none, neverArrived: 1 } });
});

test('TCP bytes that were sent before are a retransmission', async () => {
  const path = new Path();
  const segment = { text: 'Hey', seq: 1_000 };
  path.send('first', { time: 50, segment, arrives: [] });
  path.send('second', { time: 50.3, segment });
  expect(await path.compare()).toMatchObject({
    arrived: 3,
    retransmissions: 1,
    inAll: { ...none, neverArrived: 1 },
  });
});

test('a datagram of a transfer that was sent before is a retransmission', async () => {
  const path = new Path();
  const payload = encodeDatagram(data).toString('latin1');
  const next = encodeDatagram({ ...data, sequence: 8 }).toString('latin1');
  path.send('7', { time: 50, payload });
  path.send('8', { time: 50.1, payload: next });
  path.send('7 again', { time: 50.3, payload });
  expect(await path.compare()).toMatchObject({ arrived: 5, retransmissions: 1, inAll: none });
});

test('with a clock that runs ahead a packet may arrive before it is sent', async () => {
  const path = new Path();
  path.send('early', { time: 50, arrives: [[-0.000_02]] });
  expect(await path.compare()).toMatchObject({ arrived: 3, inAll: none });
});

test('a packet that is sent before the other capture begins, or after it ends, is not lost', async () => {
  const path = new Path();
  for (const time of [3, 50, 90]) path.send(`lost at ${time}`, { time, arrives: [] });
  path.send('within', { time: 20 });
  path.send('within', { time: 80 });
  const found = await path.compare({ serverBegins: 10, serverEnds: 85 });
  expect(found).toMatchObject({ arrived: 2, inAll: { ...none, neverArrived: 1 } });
  expect(found.neverArrived).toMatchObject([{ frame: 4 }]);
});

test('at most 100 packets are listed, and all are counted', async () => {
  const path = new Path();
  for (let index = 0; index < 150; index += 1)
    path.send(`lost ${index}`, { time: 10 + index / 10, arrives: [] });
  const found = await path.compare();
  expect(found.neverArrived).toHaveLength(100);
  expect(found.inAll.neverArrived).toBe(150);
});

test('empty captures have nothing to compare', async () => {
  expect(await compare([list([]), list([])])).toMatchObject({ arrived: 0, inAll: none, oneWay: undefined });
});

test.each([
  ['long before', 20, 0],
  ['so late that it may arrive in the gap', 34, 1],
  ['in the gap', 40, 1],
  ['within the seconds that the gap is recorded for', 42, 1],
  ['after the gap', 60, 0],
])(
  'a packet sent %s counts as lost, or as unknown, if the other capture has a gap',
  async (_, time, unknown) => {
    const path = new Path();
    path.send('lost', { time, arrives: [] });
    const gaps = [
      { host: 'server', from: 39, to: 41 },
      { host: 'client', from: 0, to: 100 },
    ];
    expect(await path.compare({ gaps })).toMatchObject({
      unknown,
      inAll: { ...none, neverArrived: 1 - unknown },
    });
  },
);
