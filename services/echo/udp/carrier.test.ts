import { beforeEach, expect, jest, test } from '@jest/globals';
import type { Step } from '#lib/faults/echo/fault.ts';
import type { Log } from '#lib/runtime/log.ts';
import { ManualTime, until } from '../testing.ts';
import { Carrier } from './carrier.ts';

/** With 16,384 bytes of room for each: 64 MiB are 4,096 of them. */
const BYTES = 15_360;
const MOST = 4_096;

let time: ManualTime;
let carrier: Carrier;
let delivered: string[];

const onDropped = jest.fn();
const onHeldDelivered = jest.fn();

beforeEach(() => {
  jest.resetAllMocks();
  time = new ManualTime();
  delivered = [];
  carrier = new Carrier({
    ...{ onDropped, onHeldDelivered, clock: time.clock, sleep: time.sleep, timer: time.timer },
    log: {} as Log,
    deliver: (bytes, { port }) => void delivered.push(`${bytes} to ${port}`),
  });
});

const at = (port: number) => ({ address: '10.0.142.133', port });
const send: Step = { do: 'send', bytes: Buffer.from('one') };
const hold: Step = { do: 'send-after-next', bytes: Buffer.from('held') };
const wait: Step = { do: 'wait', milliseconds: 50 };

function carry(steps: Step[], port = 1) {
  return carrier.carry({ id: 1, steps, journaled: Promise.resolve() }, at(port), BYTES, time.now);
}

test('a held datagram needs room until it is delivered', async () => {
  await Promise.all(Array.from({ length: MOST }, (_, port) => carry([hold], port)));
  expect(carrier.admits(BYTES)).toBe(false);
  await carry([send], 7);
  expect(delivered).toEqual(['one to 7', 'held to 7']);
  expect(onHeldDelivered).toHaveBeenCalledTimes(1);
  expect(carrier.admits(BYTES)).toBe(true);
  expect(carrier.admits(BYTES + 1)).toBe(false);
});

test('a datagram without a step needs no room after it is journaled', async () => {
  expect(await carry([])).toBe('nothing');
  expect(carrier.admits(MOST * 16_384 - 1_024)).toBe(true);
});

test('nothing is delivered after the close', async () => {
  const given = carry([wait, send]);
  await until(() => time.waiting(50) === 1);
  carrier.close();
  expect(await given).toBe('disconnected');
  expect([delivered, time.waiting(50)]).toEqual([[], 0]);
});

test('drops are not reported after the close', async () => {
  expect(carrier.admits(MOST * 16_384)).toBe(false);
  expect(time.waiting(1_000)).toBe(1);
  carrier.close();
  expect(time.waiting(1_000)).toBe(0);
  await new Promise(setImmediate);
  expect(onDropped).not.toHaveBeenCalled();
});
