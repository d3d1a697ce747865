import { describe, expect, test } from '@jest/globals';
import type { Frame } from '#analysis/capture/frames.ts';
import { BEGINNING, type TcpWire, type UdpWire, Wire } from '#analysis/join/join-testing.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { encodeMessage } from '#lib/message/message.ts';
import { type Datagram, encodeDatagram } from '#lib/transfer/datagram.ts';
import { balance } from './balance.ts';
import { corruption, delay, loss } from './echo-faults.ts';
import { experiments } from './experiments.ts';
import { goBackN } from './go-back-n.ts';
import { Observations } from './observed.ts';
import { plainText } from './plain-text.ts';
import { corruptionOnce, delayOnce, lossThrice, udp } from './retries.ts';
import { profiles } from './steps.ts';

const TEST1 = 'Test1\n';
const TEST3 = String(encodeMessage('Test3'));
const flip: Partial<MessageEntry> = { fault: 'corruption', offset: 2, before: '0x73', after: '0x8c' };
const notice: Partial<MessageEntry> = { fault: 'loss', loss: 'notice' };

/** The observations of a wire under one profile. */
async function observe(wire: Wire, profile: string, without: Frame[] = []): Promise<Observations> {
  const observations = new Observations({ starts: [] });
  for (const frame of wire.frames) if (!without.includes(frame)) observations.addFrame(frame);
  const { matches } = await wire.join({ without });
  for (const match of matches) observations.addMatch(match, profile);
  for (const entry of wire.entries) {
    if ('event' in entry && entry.event === 'transfer') observations.addTransfer(entry, profile);
  }
  return observations;
}

function connect() {
  const wire = new Wire();
  return { wire, tcp: wire.tcp().open() };
}

/** A message, its decision, and its answer after some seconds; on TCP or UDP. */
function exchange(
  wire: Wire,
  way: TcpWire | UdpWire,
  {
    message,
    fields,
    answer,
    after = 0,
  }: { message: string; fields?: Partial<MessageEntry>; answer: string; after?: number },
) {
  const request = way.client(message);
  way.decide(message, fields);
  wire.pass(after);
  return { request, response: way.answer(answer) };
}

test.each(experiments)('$title: does not agree without packets', ({ evaluate }) => {
  const outcome = evaluate(new Observations({ starts: [] }));
  expect(outcome).toMatchObject({ agrees: false, evidence: [] });
  expect(outcome.seen).toMatch(/^no .+ in capture and journal$/);
});

test('each experiment has a title of its own', () => {
  expect(new Set(experiments.map(({ title }) => title)).size).toBe(experiments.length);
});

describe('plain text to the sink', () => {
  const text = 'Hello from Client\n';

  function outcome({ sent = text, ack = text.length, answer = '', sink = true, at = 0 }) {
    const { wire, tcp } = connect();
    const { seq } = tcp.client(sent);
    tcp.segment('server', '', { ack: (seq + ack) >>> 0 });
    if (answer !== '') tcp.answer(answer);
    const observations = new Observations({
      starts: [
        {
          timestamp: new Date((BEGINNING + at) * 1000).toISOString(),
          program: 'echo',
          versions: { wirelab: '1', node: '24' },
          addresses: {},
          port: 9090,
          mode: sink ? 'sink' : undefined,
          faults: [],
        },
      ],
    });
    for (const frame of wire.frames) observations.addFrame(frame);
    return plainText.evaluate(observations);
  }

  test('agrees', () => {
    expect(outcome({})).toMatchObject({
      agrees: true,
      evidence: [{ frame: { number: 4 } }, { frame: { number: 5 } }],
    });
  });

  test.each([
    ['another text', { sent: 'Hello from client\n' }],
    ['no newline', { sent: 'Hello from Client' }],
    ['an ACK of less', { ack: 3 }],
    ['an answer', { answer: 'Hello from Client\n' }],
    ['an answer of the same length as the ACK', { ack: 0, answer: 'x' }],
    ['a server that is no sink', { sink: false }],
    ['a sink that started later', { at: 60 }],
  ])('does not agree with %s', (_what, run) => {
    expect(outcome(run).agrees).toBe(false);
  });
});

describe('a delay of 1 s', () => {
  const fields = { fault: 'delay', delay_ms: 1_000 };

  async function outcome(answer: string, after: number) {
    const { wire, tcp } = connect();
    exchange(wire, tcp, { message: TEST1, fields, answer, after });
    wire.pass(2);
    tcp.client('');
    return delay.evaluate(await observe(wire, profiles.delay));
  }

  test('agrees', async () => {
    expect(await outcome(TEST1, 1)).toMatchObject({
      agrees: true,
      seen: 'frame 5 is sent 1.0003 s after frame 4',
    });
  });

  test.each([
    ['an echo without delay', TEST1, 0],
    ['an echo that is slightly early', TEST1, 0.99],
    ['an echo that is late', TEST1, 1.6],
    ['another echo', 'Test2\n', 1],
  ])('does not agree with %s', async (_what, answer, after) => {
    expect((await outcome(answer, after)).agrees).toBe(false);
  });
});

describe('a loss', () => {
  async function outcome(answer: string) {
    const { wire, tcp } = connect();
    exchange(wire, tcp, { message: TEST1, fields: notice, answer });
    return loss.evaluate(await observe(wire, profiles.loss));
  }

  test('agrees', async () => {
    expect((await outcome('Packet Loss')).agrees).toBe(true);
  });

  test.each(['error_code', TEST1, 'Packet Loss\n', 'packet loss'])(
    'does not agree with %j',
    async (answer) => {
      expect((await outcome(answer)).agrees).toBe(false);
    },
  );
});

describe('a corruption', () => {
  async function outcome(answer: string) {
    const { wire, tcp } = connect();
    exchange(wire, tcp, { message: TEST1, fields: flip, answer });
    return corruption.evaluate(await observe(wire, profiles.corruption));
  }

  test('agrees and marks the byte', async () => {
    const { agrees, seen, evidence } = await outcome('Te\x8ct1\n');
    expect(agrees).toBe(true);
    expect(seen).toBe('1 byte differs: byte 2 is 0x73 in frame 4, 0x8c in frame 5');
    expect(evidence.map(({ marked }) => marked)).toEqual([[2], [2]]);
  });

  test.each([TEST1, 'Te\x8dt1\n', 'Te\x8ct2\n', 'Te\x8ct1', 'Te\x8ct1\n\n'])(
    'does not agree with %j',
    async (answer) => {
      expect((await outcome(answer)).agrees).toBe(false);
    },
  );
});

describe('three losses', () => {
  async function outcome(...answers: string[]) {
    const { wire, tcp } = connect();
    for (const answer of answers) exchange(wire, tcp, { message: TEST3, fields: notice, answer });
    return lossThrice.evaluate(await observe(wire, profiles.lossThrice));
  }

  test('agree', async () => {
    expect(await outcome('error_code', 'error_code', 'error_code')).toMatchObject({
      agrees: true,
      seen: '3 messages of 10.0.142.133:40000, answers: no format, no format, no format',
    });
  });

  test.each([
    [['error_code', 'error_code']],
    [['error_code', 'error_code', 'error_code', 'error_code']],
    [['error_code', 'error_code', TEST3]],
  ])('do not agree with %j', async (answers) => {
    expect((await outcome(...answers)).agrees).toBe(false);
  });

  test('do not agree if they are of several clients', async () => {
    const wire = new Wire();
    for (const port of [40_000, 40_000, 40_001]) {
      const tcp = port === 40_000 && wire.frames.length > 0 ? wire.tcp({ port: 40_002 }) : wire.tcp({ port });
      exchange(wire, tcp.open(), { message: TEST3, fields: notice, answer: 'error_code' });
    }
    expect((await lossThrice.evaluate(await observe(wire, profiles.lossThrice))).agrees).toBe(false);
  });

  test('do not agree if an answer is missing', async () => {
    const { wire, tcp } = connect();
    const all = [1, 2, 3].map(() =>
      exchange(wire, tcp, { message: TEST3, fields: notice, answer: 'error_code' }),
    );
    const observations = await observe(wire, profiles.lossThrice, [all[1]!.response]);
    expect(lossThrice.evaluate(observations).agrees).toBe(false);
  });
});

describe('a delay beyond the timeout', () => {
  async function outcome({ waits = 3, delayed = 4, answer = TEST3 }) {
    const { wire, tcp } = connect();
    tcp.client(TEST3);
    tcp.decide(TEST3, { fault: 'delay', delay_ms: delayed * 1000 });
    if (waits < delayed) {
      wire.pass(waits);
      tcp.client(TEST3);
    }
    wire.pass(Math.max(0, delayed - waits));
    if (waits >= delayed) wire.pass(delayed);
    tcp.answer(answer);
    if (waits >= delayed) tcp.client(TEST3);
    tcp.decide(TEST3);
    tcp.answer(TEST3);
    return delayOnce.evaluate(await observe(wire, profiles.delayOnce));
  }

  test('agrees', async () => {
    const { agrees, evidence } = await outcome({});
    expect(agrees).toBe(true);
    expect(evidence.map(({ frame }) => frame?.number)).toEqual([4, 5, 6, 7]);
  });

  test.each([
    ['an echo before the second attempt', { waits: 3, delayed: 1 }],
    ['another echo', { answer: 'Test3|00000000' }],
  ])('does not agree with %s', async (_what, run) => {
    expect((await outcome(run)).agrees).toBe(false);
  });

  test('does not agree without a second attempt', async () => {
    const { wire, tcp } = connect();
    exchange(wire, tcp, {
      message: TEST3,
      fields: { fault: 'delay', delay_ms: 4_000 },
      answer: TEST3,
      after: 4,
    });
    expect(delayOnce.evaluate(await observe(wire, profiles.delayOnce))).toMatchObject({
      agrees: false,
      evidence: [],
    });
  });
});

describe.each([
  [
    'a corruption that the checksum finds',
    corruptionOnce,
    'tcp',
    [
      ['Te\x8ct3|5e595222', flip],
      [TEST3, {}],
    ],
  ],
  [
    'the same over UDP',
    udp,
    'udp',
    [
      ['error_code', notice],
      ['Te\x8ct3|5e595222', flip],
      [TEST3, {}],
    ],
  ],
] as const)('%s', (_title, experiment, protocol, attempts) => {
  async function outcome(replaced?: readonly [at: number, answer: string], leftOut = 0) {
    const { wire, tcp } = connect();
    const way = protocol === 'tcp' ? tcp : wire.udp();
    for (const [index, [answer, fields]] of attempts.slice(leftOut).entries()) {
      const instead = replaced?.[0] === index ? replaced[1] : answer;
      exchange(wire, way, { message: TEST3, fields, answer: instead });
      wire.pass(3);
    }
    const profile = protocol === 'tcp' ? profiles.corruptionOnce : profiles.udp;
    return experiment.evaluate(await observe(wire, profile));
  }

  test('agrees', async () => {
    expect((await outcome()).agrees).toBe(true);
  });

  test('does not agree if its first attempt is missing', async () => {
    expect((await outcome(undefined, 1)).agrees).toBe(false);
  });

  test.each(['error_code', 'Test3', 'Test3|5e595223'])(
    'does not agree if its last echo is %j',
    async (answer) => {
      expect((await outcome([attempts.length - 1, answer])).agrees).toBe(false);
    },
  );

  test('does not agree if the altered echo is correct', async () => {
    expect((await outcome([attempts.length - 2, TEST3])).agrees).toBe(false);
  });
});

describe('twenty balance requests', () => {
  const PROFILE = 'timeout=0.2,403=0.2,500=0.1';

  async function outcome({ requests = 20, code = '403', ends = true }) {
    const wire = new Wire();
    let http = wire.tcp({ server: 'http' }).open();
    for (let index = 0; index < requests - 1; index += 1) {
      http.get();
      if (index === 4) {
        http.outcome('timeout');
        wire.pass(10);
        http.fin('client');
        http.fin('server');
        http = wire.tcp({ server: 'http', port: 40_001 }).open();
        continue;
      }
      http.outcome(index === 3 ? '403' : '200');
      http.code(index === 3 ? code : '200');
      wire.pass(0.5);
    }
    http.get();
    http.outcome('200');
    if (ends) http.code('200');
    return balance.evaluate(await observe(wire, PROFILE));
  }

  test('agree', async () => {
    const { agrees, seen, evidence } = await outcome({});
    expect(agrees).toBe(true);
    expect(seen).toBe('20 requests: 18 × 200, 1 × 403, 1 × timeout; packets confirm 20 of them');
    expect(evidence.map(({ frame, caption }) => [frame?.number, caption])).toEqual([
      [5, 'the first 200'],
      [11, 'the first 403'],
      [12, 'the first timeout: no response before the connection ends in frame 13'],
    ]);
  });

  test.each([
    ['nineteen requests', { requests: 19 }],
    ['a code that was not decided', { code: '200' }],
    ['an answer that is not in the capture', { ends: false }],
  ])('do not agree with %s', async (_what, run) => {
    expect((await outcome(run)).agrees).toBe(false);
  });
});

describe('go-back-N', () => {
  const data: Datagram = {
    kind: 'DATA',
    id: '0123abcd',
    mode: 'go-back-n',
    sequence: 0,
    ack: 0,
    window: 0,
    payload: Buffer.from('hello'),
  };

  async function outcome({
    retransmitted = [2, 3],
    lost = 2,
    copy = 0,
    state = 'received' as 'received' | 'aborted',
  }) {
    const wire = new Wire();
    const flow = wire.udp();
    const send = (sequence: number, fault = 'none') => {
      flow.client(encodeDatagram({ ...data, sequence }));
      flow.carry('in', { ...data, sequence }, { fault, ...(fault === 'loss' && { loss: 'silent' }) });
      wire.pass(0.1);
    };
    for (const sequence of [1, 2, 3]) send(sequence, sequence === lost ? 'loss' : 'none');
    for (const sequence of retransmitted) send(sequence);
    if (copy > 0) send(copy, 'loss');
    wire.note('transfer', { state, bytes: 15 });
    return goBackN.evaluate(await observe(wire, profiles.transfer));
  }

  test('agrees', async () => {
    const { agrees, seen, evidence } = await outcome({});
    expect(agrees).toBe(true);
    expect(seen).toBe(
      '5 segments sent; 1 lost, 1 of these retransmitted; 2 retransmissions in all; 15 bytes received',
    );
    expect(evidence.map(({ frame }) => frame?.number)).toEqual([2, 4]);
  });

  test('agrees if only a needless retransmission is lost', async () => {
    expect((await outcome({ copy: 3 })).agrees).toBe(true);
  });

  test.each([
    ['a lost segment that is not retransmitted', { retransmitted: [3] }],
    ['no loss', { lost: 0 }],
    ['a transfer that is aborted', { state: 'aborted' as const }],
  ])('does not agree with %s', async (_what, run) => {
    expect((await outcome(run)).agrees).toBe(false);
  });
});
