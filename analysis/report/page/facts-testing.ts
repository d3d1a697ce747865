import type { Evidence, Experiment } from '#analysis/experiments/results.ts';
import type { FlowFacts } from '#analysis/flows/facts.ts';
import { Sender } from '#analysis/flows/sender.ts';
import { type Reason, verdictOf } from '#analysis/join/verdicts.ts';
import type { Delay, Period, Report, Rung, TransferPoint } from '../facts/facts.ts';
import { interval } from '../facts/interval.ts';

/** Hex digits of a text. */
export function hexOf(text: string): string {
  return Buffer.from(text).toString('hex');
}

/** A text with all its bytes marked. */
function marked(text: string): Pick<Evidence, 'bytes' | 'marked'> {
  return { bytes: hexOf(text), marked: [...Buffer.from(text).keys()] };
}

export const experiments: readonly Experiment[] = [
  {
    title: 'A message in plain text',
    expected: '18 bytes with the text and its newline, in the first frame with a length',
    seen: '18 bytes in frame 12',
    agrees: true,
    evidence: [
      {
        frame: 12,
        info: '41220 → 9090 [PSH, ACK] Seq=1 Ack=1 Win=64256 Len=18',
        caption: 'the 18 bytes of the text',
        ...marked('Hello from Client\n'),
      },
    ],
  },
  {
    title: 'A notice of 11 bytes replaces a lost echo',
    expected: '“Packet Loss” without a newline in place of the echo',
    seen: '11 bytes in frame 31, 0.4 ms after the message',
    agrees: true,
    evidence: [
      {
        frame: 31,
        info: '9090 → 41222 [PSH, ACK] Seq=7 Ack=13 Win=65152 Len=11',
        caption: 'the notice',
        ...marked('Packet Loss'),
      },
    ],
  },
  {
    title: 'One byte is corrupted',
    expected: 'the byte at offset 4 changes from 0x31 to 0xce, all others stay the same',
    seen: 'byte 4 is 0xce in frame 35',
    agrees: true,
    evidence: [
      {
        frame: 33,
        info: '41222 → 9090 [PSH, ACK] Len=6',
        caption: 'the message: the byte before',
        bytes: hexOf('Test1\n'),
        marked: [4],
      },
      {
        frame: 35,
        info: '9090 → 41222 [PSH, ACK] Len=6',
        caption: 'the echo: the byte after',
        bytes: '54657374ce0a',
        marked: [4],
      },
    ],
  },
  {
    title: 'A connection that is reset',
    expected: 'RST from port 9090 instead of an echo',
    seen: 'no RST within 5 s, but a long payload',
    agrees: false,
    evidence: [
      {
        frame: 52,
        info: '9090 → 41230 [PSH, ACK] Len=600',
        caption: 'the payload',
        bytes: hexOf(`<script>alert('x')</script>${'0123456789abcdef'.repeat(40)}`),
        marked: [0, 1, 2, 3, 4, 5, 6, 7, 600],
      },
    ],
  },
];

export const periods: readonly Period[] = [
  {
    decider: 'http',
    from: '2026-11-22T01:29:41.000Z',
    profile: 'timeout=0.2,403=0.2,500=0.1',
    seed: '4f1c22ab',
    ...outcomesOf([
      ['timeout', 0.2, 31, 30],
      ['403', 0.2, 22, 22],
      ['500', 0.1, 2, 2],
      ['200', 0.5, 65, 65],
    ]),
  },
  {
    decider: 'echo-tcp',
    from: '2026-11-22T01:29:41.000Z',
    profile: 'loss=0.2,delay=0.2,corruption=0.2',
    seed: '4f1c22ab',
    ...outcomesOf([
      ['loss', 0.2, 4, 4],
      ['delay', 0.2, 5, 5],
      ['corruption', 0.2, 3, 3],
      ['none', 0.4, 8, 8],
    ]),
  },
  {
    decider: 'echo-udp',
    from: '2026-11-22T01:31:12.000Z',
    profile: 'script:loss,none',
    seed: 'dave',
    ...outcomesOf([
      ['loss', undefined, 6, 6],
      ['none', undefined, 5, 5],
    ]),
  },
];

function outcomesOf(
  rows: readonly (readonly [
    outcome: string,
    configured: number | undefined,
    journaled: number,
    seen: number,
  ])[],
): Pick<Period, 'total' | 'outcomes'> {
  const shown = rows.reduce((sum, [, , , seen]) => sum + seen, 0);
  return {
    total: rows.reduce((sum, [, , journaled]) => sum + journaled, 0),
    outcomes: rows.map(([outcome, configured, journaled, seen]) => {
      return { outcome, configured, journaled, seen, ...interval(seen, shown) };
    }),
  };
}

/** A scattered number between 0 and 1, the same in every run. */
function scattered(index: number): number {
  return (index * 0.618_033_988_75) % 1;
}

const OUTCOMES = [
  ['http', '200'],
  ['http', '403'],
  ['http', '500'],
  ['http', 'timeout'],
  ['echo-tcp', 'none'],
  ['echo-tcp', 'loss'],
  ['echo-tcp', 'delay'],
  ['echo-udp', 'none'],
  ['echo-udp', 'corruption'],
] as const;

export function decision(index: number, all: number): Report['decisions'][number] {
  const [decider, outcome] = OUTCOMES[Math.floor(scattered(index * 7) * OUTCOMES.length)]!;
  const reason: Reason = index % 41 === 0 ? 'response-differs' : 'response-sent';
  const took = outcome === 'timeout' ? 15 : outcome === 'delay' ? 10 * scattered(index) : 0.0012;
  const at = (200 * (index + scattered(index))) / all;
  return { at, decider, outcome, verdict: verdictOf({ reason }), reason, took, frame: index };
}

export function delay(index: number): Delay {
  const configured = 10 * scattered(index);
  const decider = index % 3 ? 'echo-tcp' : 'echo-udp';
  return {
    decider,
    configured,
    seen: configured + 0.0004 + 0.004 * scattered(index * 5),
    frame: 100 + index,
  };
}

export function rung(frame: number, at: number, toServer: boolean, info: string, text = ''): Rung {
  return { frame, at, toServer, protocol: 'TCP', info, bytes: hexOf(text) };
}

export const rungs: readonly Rung[] = [
  rung(33, 0, true, '41234 → 9090 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 SACK_PERM WS=128'),
  rung(34, 0.000031, false, '9090 → 41234 [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0 MSS=1460'),
  rung(35, 0.000049, true, '41234 → 9090 [ACK] Seq=1 Ack=1 Win=64256 Len=0'),
  {
    ...rung(36, 0.0021, true, '41234 → 9090 [PSH, ACK] Seq=1 Ack=1 Win=64256 Len=12', 'Hey|e4599fa9'),
    comment: 'fault=corruption byte 0: 0x48 to 0xb7',
  },
  rung(37, 0.002128, false, '9090 → 41234 [ACK] Seq=1 Ack=13 Win=65152 Len=0'),
  {
    ...rung(38, 0.0033, false, '9090 → 41234 [PSH, ACK] Seq=1 Ack=13 Win=65152 Len=12'),
    bytes: `b7${hexOf('ey|e4599fa9')}`,
  },
  rung(39, 0.00334, true, '41234 → 9090 [ACK] Seq=13 Ack=13 Win=64256 Len=0'),
  rung(
    40,
    2.9941,
    true,
    '41234 → 9090 [PSH, ACK] Seq=13 Ack=13 Win=64256 Len=46',
    '<script>alert("x")</script> and more|0f1e2d3c\n',
  ),
  rung(41, 2.9942, false, '9090 → 41234 [FIN, ACK] Seq=13 Ack=59 Win=65152 Len=0'),
];

/** Eight segments at a time. In every third window the first one is lost, and a timeout retransmits the window. */
export function transfer(id: string, mode: string, length: number): Report['transfers'][number] {
  const points: TransferPoint[] = [];
  let at = 0;
  let frame = 500;
  const put = (kind: TransferPoint['kind'], sequence: number) => {
    at += 0.0008;
    frame += 1;
    points.push({ at, kind, sequence, frame });
  };
  for (let base = 0; points.length < length; base += 8) {
    const window = Array.from({ length: 8 }, (_, index) => base + index);
    for (const sequence of window) put('sent', sequence);
    if (base % 24 === 0) {
      at += 0.02;
      for (const sequence of mode === 'go-back-n' ? window : [base]) put('retransmission', sequence);
    }
    for (const sequence of window) put('ack', sequence);
  }
  const retransmissions = points.filter(({ kind }) => kind === 'retransmission').length;
  return { id, mode, toServer: true, points, retransmissions };
}

/** A flow that loses one of 600 segments, its window from flow.log, and a queue. */
export function flow(segments = 700): FlowFacts {
  const sender = new Sender();
  const size = 1_448;
  const range = (number: number) => ({ from: number * size, to: (number + 1) * size });
  let at = 0;
  for (let number = 0; number < segments; number += 1) {
    at += 0.0012;
    sender.send({ at, frame: 100 + number, fresh: [range(number)], repeated: [] });
    const lost = 600 * Math.floor(number / 600) + 300;
    if (number === lost + 24) sender.send({ at: at + 0.0001, frame: 99, fresh: [], repeated: [range(lost)] });
    const arrived = number - 20;
    if (arrived < 0 || arrived === lost) continue;
    const isHeld = arrived > lost && arrived < lost + 25;
    const blocks = isHeld ? [{ from: range(lost).to, to: range(arrived).to }] : [];
    const position = isHeld ? range(lost).from : range(arrived).to;
    sender.acknowledge({ at: at + 0.0005, position, blocks, isBare: true });
  }
  const samples = Array.from(
    { length: Math.min(400, at / 0.02) },
    (_, index) => index * Math.max(0.02, at / 400),
  );
  return {
    sender: 'client',
    client: '10.0.142.133:59946',
    server: '10.0.28.182:5201',
    began: '2026-11-22T01:31:00.000Z',
    firstFrame: 99,
    lastFrame: 900,
    flow: '3f60ac17',
    congestion: 'cubic',
    window: samples.map((time, index) => ({
      at: time,
      cwnd: size * (10 + (index % 20)),
      ...(index > 19 ? { ssthresh: 14 * size } : {}),
      rtt: 24 + index,
    })),
    queue: samples.map((time, index) => ({ at: time, packets: index % 20, dropped: index === 19 ? 1 : 0 })),
    ...sender.facts(at + 0.03),
  };
}
