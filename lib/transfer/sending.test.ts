import { describe, expect, jest, test } from '@jest/globals';
import { abortOf } from './end.ts';
import {
  ackDatagram,
  ID,
  receiptText,
  SHA_OF_ABCD,
  SHA_OF_NOTHING,
  Surroundings,
} from './machine-testing.ts';
import { type Sending, SendingEnd } from './sending.ts';

const OPEN = 'OPEN 0 ask';
const CLOSE = `CLOSE 5 ${receiptText(4, SHA_OF_ABCD)}`;
const HEADER = 80;

/** A sending end that has sent its OPEN: go-back-n, window 3, `a` to `d` to send, timeouts from 100 ms on. */
function begin(more: Partial<Sending> = {}, text = 'abcd') {
  const world = new Surroundings();
  const onMeasured = jest.fn<(milliseconds: number) => void>();
  const payloads = Array.from(text, (character) => Buffer.from(character)).values();
  const sending: Sending = {
    id: ID,
    mode: 'go-back-n',
    window: 3,
    open: Buffer.from('ask'),
    payloads,
    rto: { min: 100, max: 1_000 },
    tries: 3,
    onMeasured,
    ...more,
  };
  const end = new SendingEnd(sending, world.parts);
  end.start();
  /** Gives it an ACK, 20 ms later, and returns what it sends then. */
  const ack = (number: number, fields: Parameters<typeof ackDatagram>[1] = {}) => {
    world.now += 20;
    end.receive(ackDatagram(number, fields));
    return world.told();
  };
  return { world, end, ack, onMeasured };
}

/** The same, with everything acknowledged except the CLOSE. */
function closing() {
  const begun = begin();
  for (const number of [0, 3, 4]) begun.ack(number);
  return begun;
}

describe('sends', () => {
  test('its OPEN alone, which asks for the window', () => {
    expect(begin().world.look()).toEqual([
      {
        kind: 'OPEN',
        id: ID,
        mode: 'go-back-n',
        sequence: 0,
        ack: 0,
        window: 3,
        payload: Buffer.from('ask'),
      },
    ]);
  });

  test.each([
    [0, ['DATA 1 a']],
    [2, ['DATA 1 a', 'DATA 2 b']],
    [3, ['DATA 1 a', 'DATA 2 b', 'DATA 3 c']],
    [9, ['DATA 1 a', 'DATA 2 b', 'DATA 3 c']],
  ])('then DATA, up to its window and what the receiver allows: %d', (window, told) => {
    const { end, world, ack } = begin();
    world.told();
    expect(ack(0, { window })).toEqual(told);
    expect(end.window).toBe(told.length);
  });

  test('more when ACKs arrive, and the CLOSE alone when everything before it has arrived', () => {
    const { world, ack } = begin();
    expect(world.told()).toEqual([OPEN]);
    expect(ack(0)).toHaveLength(3);
    expect(ack(1)).toEqual(['DATA 4 d']);
    expect(ack(3)).toEqual([]);
    expect(ack(4)).toEqual([CLOSE]);
  });

  test('nothing between OPEN and CLOSE when there is nothing to send', () => {
    const { world, ack } = begin({}, '');
    world.told();
    expect(ack(0)).toEqual([`CLOSE 1 ${receiptText(0, SHA_OF_NOTHING)}`]);
  });

  test('asks for a window in no other datagram, and acknowledges nothing', () => {
    const { end, world } = begin();
    end.receive(ackDatagram(0));
    for (const { kind, window, ack } of world.look()) {
      expect({ window, ack }).toEqual({ window: kind === 'OPEN' ? 3 : 0, ack: 0 });
    }
  });

  test('a payload only when there is room for it', () => {
    const next = jest.fn(() => ({ value: Buffer.from('x') }));
    const { end } = begin({ payloads: { next } });
    expect(next).toHaveBeenCalledTimes(0);
    end.receive(ackDatagram(0, { window: 2 }));
    expect(next).toHaveBeenCalledTimes(2);
    end.receive(ackDatagram(1));
    expect(next).toHaveBeenCalledTimes(3);
  });

  test.each([
    ['stop-and-wait', ['DATA 1 a', 'DATA 1 a']],
    ['go-back-n', ['DATA 1 a', 'DATA 2 b', 'DATA 3 c', 'DATA 1 a', 'DATA 2 b', 'DATA 3 c']],
    ['selective-repeat', ['DATA 1 a', 'DATA 2 b', 'DATA 3 c', 'DATA 1 a', 'DATA 3 c']],
  ] as const)('retransmissions by its protocol: %s', (mode, told) => {
    const { end, world } = begin({ mode, window: mode === 'stop-and-wait' ? 1 : 3 });
    world.told();
    world.now = 20;
    end.receive(ackDatagram(0));
    if (mode === 'selective-repeat') end.receive(ackDatagram(2));
    world.ring();
    expect(world.told()).toEqual(told);
  });
});

describe('done', () => {
  test('is the receipt of the receiver', async () => {
    const { end, world, ack } = closing();
    world.told();
    expect(ack(5, { text: receiptText(4, SHA_OF_ABCD, 7, 8) })).toEqual([]);
    await expect(end.done).resolves.toEqual({ bytes: 4, sha256: SHA_OF_ABCD, duplicates: 7, outOfOrder: 8 });
    expect(world.ringsAt).toBeUndefined();
  });

  test.each([
    ['other bytes', receiptText(4, SHA_OF_NOTHING), `4 bytes, SHA-256 ${SHA_OF_NOTHING}`],
    ['another length', receiptText(5, SHA_OF_ABCD), `5 bytes, SHA-256 ${SHA_OF_ABCD}`],
    ['no receipt', '', 'no receipt'],
    ['something else', 'all is well', 'no receipt'],
  ])('fails as altered when the ACK of the CLOSE has %s', async (_what, text, their) => {
    const { end, world, ack } = closing();
    ack(5, { text });
    await expect(end.done).rejects.toMatchObject({
      code: 'LAB_TRANSFER',
      how: 'altered',
      message: `the received bytes are not the sent bytes: received ${their}; sent 4 bytes, SHA-256 ${SHA_OF_ABCD}`,
    });
    expect(world.ringsAt).toBeUndefined();
  });

  test('fails as aborted with the text of an ABORT, after which it is silent', async () => {
    const { end, world, ack } = begin();
    end.receive(abortOf({ id: ID, mode: 'go-back-n' }, 'the window is 3'));
    await expect(end.done).rejects.toMatchObject({ how: 'aborted', message: 'the window is 3' });
    expect(world.ringsAt).toBeUndefined();
    world.told();
    expect(ack(0)).toEqual([]);
  });

  test('fails as silent when nobody answers `tries` times', async () => {
    const { end, world } = begin({ rto: { min: 100, max: 4_000 } });
    const rings = [1, 2, 3].map(() => {
      world.ring();
      return world.now;
    });
    expect(rings).toEqual([1_000, 3_000, 7_000]);
    expect(world.told()).toEqual([OPEN, OPEN, OPEN]);
    await expect(end.done).rejects.toMatchObject({
      how: 'silent',
      message: 'segment 0 timed out 3 times and was never acknowledged',
    });
    expect(world.ringsAt).toBeUndefined();
  });
});

test('stop ends it without telling the other side', async () => {
  const { end, world, ack } = begin();
  const settled = jest.fn();
  end.done.then(settled, settled);
  world.told();
  end.stop();
  expect(world.ringsAt).toBeUndefined();
  expect(ack(0)).toEqual([]);
  end.receive(abortOf({ id: ID, mode: 'go-back-n' }, 'too late'));
  await Promise.resolve();
  expect(settled).not.toHaveBeenCalled();
});

test('stop ends it at once, in the middle of a window too', () => {
  const world = new Surroundings();
  const transmit = jest.fn(() => {
    if (transmit.mock.calls.length === 2) end.stop();
  });
  const payloads = [Buffer.from('a'), Buffer.from('b')].values();
  const limits = { rto: { min: 100, max: 1_000 }, tries: 3 };
  const key = { id: ID, mode: 'go-back-n', window: 3 } as const;
  const end = new SendingEnd(
    { ...key, ...limits, open: Buffer.from('ask'), payloads },
    { ...world.parts, transmit },
  );
  end.start();
  end.receive(ackDatagram(0));
  expect(transmit).toHaveBeenCalledTimes(2);
  expect(world.ringsAt).toBeUndefined();
});

describe('counts', () => {
  const none = { first: 0, timeout: 0, 'go-back': 0 };

  test('bytes and datagrams from the first one on, by cause', () => {
    const { end, world, ack } = begin();
    expect(end.counts).toMatchObject({ bytes: HEADER + 3, datagrams: { ...none, first: 1 }, arrived: 0 });
    ack(0);
    expect(end.counts).toMatchObject({ bytes: 4 * HEADER + 6, datagrams: { ...none, first: 4 } });
    world.ring();
    expect(end.counts).toMatchObject({
      bytes: 7 * HEADER + 9,
      datagrams: { first: 4, timeout: 1, 'go-back': 2 },
    });
  });

  test('the bytes that arrived, without those of OPEN and CLOSE', () => {
    const { end, ack } = begin();
    const arrived = [0, 2, 2, 4].map((number) => {
      ack(number);
      return end.counts.arrived;
    });
    expect(arrived).toEqual([0, 2, 2, 4]);
    ack(5, { text: receiptText(4, SHA_OF_ABCD) });
    expect(end.counts).toMatchObject({ arrived: 4, datagrams: { ...none, first: 6 } });
  });

  test('ACKs for no segment on the way', () => {
    const { end, ack } = begin();
    for (const number of [0, 0, 0, 4, 65_535, 1]) ack(number);
    expect(end.counts.acks).toEqual({ duplicate: 2, foreign: 2 });
  });
});

test('reports each measured round trip, and the estimate', () => {
  const { end, world, ack, onMeasured } = begin({ rto: { min: 1, max: 9_000 } });
  expect(end.timing).toEqual({ rtt: undefined, rto: 1_000 });
  ack(0);
  expect(end.timing).toEqual({ rtt: 20, rto: 60 });
  world.ring();
  expect(end.timing).toEqual({ rtt: 20, rto: 120 });
  ack(3);
  ack(4);
  expect(onMeasured.mock.calls).toEqual([[20], [20]]);
});

describe('the timer', () => {
  test('is not changed when the alarm moves away, and set again when it rings too early', () => {
    const { world, ack } = begin();
    ack(0);
    expect(world.ringsAt).toBe(120);
    ack(1);
    expect(world.ringsAt).toBe(120);
    world.told();
    world.ring();
    expect(world.told()).toEqual([]);
    expect(world.ringsAt).toBe(140);
    world.ring();
    expect(world.told()).toEqual(['DATA 2 b', 'DATA 3 c', 'DATA 4 d']);
    expect(world.ringsAt).toBe(340);
  });

  test('is set again when the alarm comes nearer', () => {
    const { world, ack } = begin();
    expect(world.ringsAt).toBe(1_000);
    ack(0);
    expect(world.ringsAt).toBe(120);
  });
});
