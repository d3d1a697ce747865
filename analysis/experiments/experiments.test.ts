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

/** What an experiment finds in what came over a wire under one profile. */
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

/** A message, its decision and its answer so much later; on TCP or UDP. */
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
  const came = way.client(message);
  way.decide(message, fields);
  wire.pass(after);
  return { came, left: way.answer(answer) };
}

test.each(experiments)('$title: nothing agrees where nothing is', ({ look }) => {
  const outcome = look(new Observations({ starts: [] }));
  expect(outcome).toMatchObject({ agrees: false, evidence: [] });
  expect(outcome.seen).toMatch(/^there is no .+ in the capture and the journal$/);
});

test('sections of the seed document are in order, and each title is another', () => {
  expect(new Set(experiments.map(({ title }) => title)).size).toBe(experiments.length);
});

describe('plain text to the sink', () => {
  const text = 'Hello from Client\n';

  function look({ sent = text, ack = text.length, answer = '', sink = true, at = 0 }) {
    const { wire, tcp } = connect();
    const { seq } = tcp.client(sent);
    tcp.says('server', '', { ack: (seq + ack) >>> 0 });
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
    return plainText.look(observations);
  }

  test('agrees', () => {
    expect(look({})).toMatchObject({
      agrees: true,
      evidence: [{ frame: { number: 4 } }, { frame: { number: 5 } }],
    });
  });

  test.each([
    ['another text', { sent: 'Hello from client\n' }],
    ['no newline', { sent: 'Hello from Client' }],
    ['an ACK of less', { ack: 3 }],
    ['an answer', { answer: 'Hello from Client\n' }],
    ['an answer of the same bytes as ACK', { ack: 0, answer: 'x' }],
    ['a server that is no sink', { sink: false }],
    ['a sink that began later', { at: 60 }],
  ])('does not agree with %s', (_what, run) => {
    expect(look(run).agrees).toBe(false);
  });
});

describe('a delay of 1 s', () => {
  const fields = { fault: 'delay', delay_ms: 1_000 };

  async function look(answer: string, after: number) {
    const { wire, tcp } = connect();
    exchange(wire, tcp, { message: TEST1, fields, answer, after });
    wire.pass(2);
    tcp.client('');
    return delay.look(await observe(wire, profiles.delay));
  }

  test('agrees', async () => {
    expect(await look(TEST1, 1)).toMatchObject({
      agrees: true,
      seen: 'frame 5 leaves 1.0003 s after frame 4',
    });
  });

  test.each([
    ['an echo at once', TEST1, 0],
    ['an echo a little early', TEST1, 0.99],
    ['an echo that is later', TEST1, 1.6],
    ['another echo', 'Test2\n', 1],
  ])('does not agree with %s', async (_what, answer, after) => {
    expect((await look(answer, after)).agrees).toBe(false);
  });
});

describe('a loss', () => {
  async function look(answer: string) {
    const { wire, tcp } = connect();
    exchange(wire, tcp, { message: TEST1, fields: notice, answer });
    return loss.look(await observe(wire, profiles.loss));
  }

  test('agrees', async () => {
    expect((await look('Packet Loss')).agrees).toBe(true);
  });

  test.each(['error_code', TEST1, 'Packet Loss\n', 'packet loss'])(
    'does not agree with %j',
    async (answer) => {
      expect((await look(answer)).agrees).toBe(false);
    },
  );
});

describe('a corruption', () => {
  async function look(answer: string) {
    const { wire, tcp } = connect();
    exchange(wire, tcp, { message: TEST1, fields: flip, answer });
    return corruption.look(await observe(wire, profiles.corruption));
  }

  test('agrees, and the byte is marked', async () => {
    const { agrees, seen, evidence } = await look('Te\x8ct1\n');
    expect(agrees).toBe(true);
    expect(seen).toBe('1 byte differs: byte 2 is 0x73 in frame 4, 0x8c in frame 5');
    expect(evidence.map(({ marked }) => marked)).toEqual([[2], [2]]);
  });

  test.each([TEST1, 'Te\x8dt1\n', 'Te\x8ct2\n', 'Te\x8ct1', 'Te\x8ct1\n\n'])(
    'does not agree with %j',
    async (answer) => {
      expect((await look(answer)).agrees).toBe(false);
    },
  );
});

describe('three losses', () => {
  async function look(...answers: string[]) {
    const { wire, tcp } = connect();
    for (const answer of answers) exchange(wire, tcp, { message: TEST3, fields: notice, answer });
    return lossThrice.look(await observe(wire, profiles.lossThrice));
  }

  test('agree', async () => {
    expect(await look('error_code', 'error_code', 'error_code')).toMatchObject({
      agrees: true,
      seen: '3 messages of 10.0.142.133:40000, answered: no format, no format, no format',
    });
  });

  test.each([
    [['error_code', 'error_code']],
    [['error_code', 'error_code', 'error_code', 'error_code']],
    [['error_code', 'error_code', TEST3]],
  ])('do not agree with %j', async (answers) => {
    expect((await look(...answers)).agrees).toBe(false);
  });

  test('do not agree when they are of several clients', async () => {
    const wire = new Wire();
    for (const port of [40_000, 40_000, 40_001]) {
      const tcp = port === 40_000 && wire.frames.length > 0 ? wire.tcp({ port: 40_002 }) : wire.tcp({ port });
      exchange(wire, tcp.open(), { message: TEST3, fields: notice, answer: 'error_code' });
    }
    expect((await lossThrice.look(await observe(wire, profiles.lossThrice))).agrees).toBe(false);
  });

  test('do not agree when an answer is missing', async () => {
    const { wire, tcp } = connect();
    const all = [1, 2, 3].map(() =>
      exchange(wire, tcp, { message: TEST3, fields: notice, answer: 'error_code' }),
    );
    const observations = await observe(wire, profiles.lossThrice, [all[1]!.left]);
    expect(lossThrice.look(observations).agrees).toBe(false);
  });
});

describe('a delay beyond the time-out', () => {
  async function look({ waits = 3, delayed = 4, answer = TEST3 }) {
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
    return delayOnce.look(await observe(wire, profiles.delayOnce));
  }

  test('agrees', async () => {
    const { agrees, evidence } = await look({});
    expect(agrees).toBe(true);
    expect(evidence.map(({ frame }) => frame?.number)).toEqual([4, 5, 6, 7]);
  });

  test.each([
    ['an echo before the second attempt', { waits: 3, delayed: 1 }],
    ['another echo', { answer: 'Test3|00000000' }],
  ])('does not agree with %s', async (_what, run) => {
    expect((await look(run)).agrees).toBe(false);
  });

  test('does not agree without a second attempt', async () => {
    const { wire, tcp } = connect();
    exchange(wire, tcp, {
      message: TEST3,
      fields: { fault: 'delay', delay_ms: 4_000 },
      answer: TEST3,
      after: 4,
    });
    expect(delayOnce.look(await observe(wire, profiles.delayOnce))).toMatchObject({
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
  async function look(replaced?: readonly [at: number, answer: string], leftOut = 0) {
    const { wire, tcp } = connect();
    const way = protocol === 'tcp' ? tcp : wire.udp();
    for (const [index, [answer, fields]] of attempts.slice(leftOut).entries()) {
      const instead = replaced?.[0] === index ? replaced[1] : answer;
      exchange(wire, way, { message: TEST3, fields, answer: instead });
      wire.pass(3);
    }
    const profile = protocol === 'tcp' ? profiles.corruptionOnce : profiles.udp;
    return experiment.look(await observe(wire, profile));
  }

  test('agrees', async () => {
    expect((await look()).agrees).toBe(true);
  });

  test('does not agree when its first attempt is missing', async () => {
    expect((await look(undefined, 1)).agrees).toBe(false);
  });

  test.each(['error_code', 'Test3', 'Test3|5e595223'])(
    'does not agree when its last echo is %j',
    async (answer) => {
      expect((await look([attempts.length - 1, answer])).agrees).toBe(false);
    },
  );

  test('does not agree when the altered echo is right', async () => {
    expect((await look([attempts.length - 2, TEST3])).agrees).toBe(false);
  });
});

describe('twenty balance requests', () => {
  const PROFILE = 'timeout=0.2,403=0.2,500=0.1';

  async function look({ requests = 20, code = '403', ends = true }) {
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
    return balance.look(await observe(wire, PROFILE));
  }

  test('agree', async () => {
    const { agrees, seen, evidence } = await look({});
    expect(agrees).toBe(true);
    expect(seen).toBe('20 requests: 18 × 200, 1 × 403, 1 × timeout, 20 of them as the journal says');
    expect(evidence.map(({ frame, says }) => [frame?.number, says])).toEqual([
      [5, 'the first 200'],
      [11, 'the first 403'],
      [12, 'the first timeout: nothing leaves until the connection ends in frame 13'],
    ]);
  });

  test.each([
    ['nineteen', { requests: 19 }],
    ['another code than was decided', { code: '200' }],
    ['an answer that the capture has not got', { ends: false }],
  ])('do not agree with %s', async (_what, run) => {
    expect((await look(run)).agrees).toBe(false);
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

  async function look({ again = [2, 3], lost = 2, copy = 0, state = 'received' as 'received' | 'aborted' }) {
    const wire = new Wire();
    const flow = wire.udp();
    const send = (sequence: number, fault = 'none') => {
      flow.client(encodeDatagram({ ...data, sequence }));
      flow.carry('in', { ...data, sequence }, { fault, ...(fault === 'loss' && { loss: 'silent' }) });
      wire.pass(0.1);
    };
    for (const sequence of [1, 2, 3]) send(sequence, sequence === lost ? 'loss' : 'none');
    for (const sequence of again) send(sequence);
    if (copy > 0) send(copy, 'loss');
    wire.note('transfer', { state, bytes: 15 });
    return goBackN.look(await observe(wire, profiles.transfer));
  }

  test('agrees', async () => {
    const { agrees, seen, evidence } = await look({});
    expect(agrees).toBe(true);
    expect(seen).toBe(
      '5 segments came, 1 of them were lost before they had arrived and 1 of these came again; 2 came again in all; 15 bytes arrived',
    );
    expect(evidence.map(({ frame }) => frame?.number)).toEqual([2, 4]);
  });

  test('agrees when a copy of what had arrived is lost for good', async () => {
    expect((await look({ copy: 3 })).agrees).toBe(true);
  });

  test.each([
    ['a lost segment that does not come again', { again: [3] }],
    ['no loss', { lost: 0 }],
    ['a transfer that did not arrive', { state: 'aborted' as const }],
  ])('does not agree with %s', async (_what, run) => {
    expect((await look(run)).agrees).toBe(false);
  });
});
