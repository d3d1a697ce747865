import { expect, test } from '@jest/globals';
import { ACK, SYN } from '#analysis/capture/frames.ts';
import type { Carried, Packet } from '#analysis/capture/packet.ts';
import type { Transport } from '#lib/lab/ports.ts';
import { encodeMessage } from '#lib/message/message.ts';
import { judgeStage } from '../judge.ts';
import { SEED, stageOf } from '../program-testing.ts';
import { drawnFor } from '../sheet/drawn.ts';
import { Seeing } from './seeing.ts';

const SERVER = '10.0.28.182:9090';
const stages = [
  stageOf({ id: 'timeout', partner: 'echo-udp' }),
  stageOf({ id: 'duplicate', partner: 'echo-udp', judgements: [{ kind: 'delivers', each: 'once' }] }),
  stageOf({ id: 'echo' }),
];
/** The first stage begins after ten seconds, and each lasts ten. */
const records = {
  stages: stages.map(({ id }, at) => ({
    ...{ stage: id, began: 10 * (at + 1), ended: 10 * (at + 1) + 5, code: 0, stdout: '', stderr: '' },
  })),
  clients: new Map(),
};

function packet(number: number, time: number, parts: Partial<Carried> & { readonly port: number }): Packet {
  const {
    port,
    toServer = true,
    transport = 'udp' as Transport,
    payload = Buffer.alloc(0),
    flags = 0,
  } = parts;
  const client = `10.0.142.133:${port}`;
  const [from, to] = toServer ? [client, SERVER] : [SERVER, client];
  const [fromPort, toPort] = toServer ? [port, 9090] : [9090, port];
  const carried: Carried = {
    ...{ number, time, transport, from, to, fromPort, toPort, toServer, payload, flags },
    ...{ server: 'echo', overTls: false, seq: 1, ack: 1 },
  };
  return { number, time, source: '', destination: '', carried, length: 0, isTruncated: false, fields: {} };
}

function seen(...packets: Packet[]) {
  const seeing = new Seeing({
    ...{ sheet: { prints: ['received: '], stages }, seed: SEED, records, client: '10.0.142.133' },
  });
  seeing.takePackets(packets);
  return seeing.stages();
}

const echo = (id: string) => {
  const stage = stages.find((one) => one.id === id)!;
  return encodeMessage(drawnFor(stage, SEED).messages[0]!);
};

test('a late echo belongs to the stage in which its message was sent', () => {
  const late = seen(
    packet(1, 11, { port: 40_001, payload: echo('timeout') }),
    packet(2, 21, { port: 40_002, payload: echo('duplicate') }),
    packet(3, 22, { port: 40_001, payload: echo('timeout'), toServer: false }),
    packet(4, 23, { port: 40_002, payload: echo('duplicate'), toServer: false }),
  );
  const [timeout, duplicate] = late;
  expect(timeout!.said.map(({ frame }) => frame.number)).toEqual([1, 3]);
  expect(duplicate!.said.map(({ frame }) => frame.number)).toEqual([2, 4]);
  expect(judgeStage(stages[1]!, duplicate)).toMatchObject({ state: 'failed', filter: 'udp.port == 40002' });
});

test('a late echo of an earlier check belongs to none', () => {
  const [timeout] = seen(
    packet(1, 9, { port: 40_001, payload: echo('timeout') }),
    packet(2, 11, { port: 40_001, payload: echo('timeout'), toServer: false }),
    packet(3, 12, { port: 40_003, payload: echo('timeout'), toServer: false }),
  );
  expect(timeout!.talks).toEqual([]);
});

test('a port that is used again belongs to the stage that uses it', () => {
  const [timeout, duplicate, tcp] = seen(
    packet(1, 11, { port: 40_001, payload: echo('timeout') }),
    packet(2, 21, { port: 40_001, payload: echo('duplicate') }),
    packet(3, 25, { port: 40_001, transport: 'tcp', flags: SYN }),
    packet(4, 31, { port: 40_001, transport: 'tcp', flags: SYN }),
    packet(5, 32, { port: 40_001, transport: 'tcp', flags: ACK }),
  );
  expect([timeout, duplicate, tcp].map((one) => one!.talks.map(({ begun }) => begun.number))).toEqual([
    [1],
    [2],
    [4],
  ]);
});
