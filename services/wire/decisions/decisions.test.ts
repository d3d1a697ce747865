import { describe, expect, test } from '@jest/globals';
import { payloadOf } from '#lib/packet/packet.ts';
import { DOWN, icmpPacket, parsed, tcpPacket, udpPacket } from '#lib/packet/testing.ts';
import type { ConditionName, Direction } from '../conditions/conditions.ts';
import { conditionsOf } from '../testing.ts';
import { Decider } from './decisions.ts';
import { Flows } from './flows.ts';

type Texts = Partial<Record<ConditionName, string>>;

function deciderOf(
  texts: Texts,
  { seed = 'alice', flows = new Flows(), direction = 'up' as Direction } = {},
) {
  return new Decider(direction, conditionsOf(texts), { seed, flows, address: 0x0a001c01 });
}

const datagram = (from = 40_000) => parsed(udpPacket({ from, payload: 'hello' }));

/** What is decided for the next packets of a flow. */
function faultsOf(decider: Decider, count: number, packet = datagram()): string[] {
  return Array.from({ length: count }, () => decider.decide(packet).fault);
}

const some = { faults: 'loss=0.2,duplicate=0.2,reorder=0.1,corruption=0.2', delay: '50ms', jitter: '5ms' };

describe('a decision', () => {
  test('names the packet and its flow', () => {
    const decider = deciderOf({});
    decider.decide(datagram());
    expect(decider.decide(datagram())).toMatchObject({
      flow: { name: 'udp 9091 #1' },
      packet: 2,
      fault: 'none',
      detail: {},
      rule: undefined,
      delayMs: undefined,
      steps: [{ do: 'send', bytes: datagram().bytes }],
    });
  });

  test('for a packet of a flow does not depend on other traffic', () => {
    const alone = deciderOf(some);
    const busy = deciderOf(some);
    busy.decide(datagram());
    const first = alone.decide(datagram());
    for (let n = 0; n < 50; n += 1) {
      busy.decide(parsed(tcpPacket({ from: 50_000 + n, payload: 'other' })));
      busy.decide(datagram(41_000 + n));
      busy.decide(parsed(icmpPacket()));
      const { flow, ...decision } = busy.decide(datagram());
      const { flow: same, ...expected } = alone.decide(datagram());
      expect(decision).toEqual(expected);
      expect(flow.name).toBe(same.name);
    }
    expect(first.packet).toBe(1);
  });

  test('is the same for the same seed, whatever the port of the client', () => {
    const of = (from: number, seed: string) => {
      const decider = deciderOf(some, { seed });
      return Array.from({ length: 50 }, () => {
        const { fault, detail, delayMs } = decider.decide(datagram(from));
        return { fault, detail, delayMs };
      });
    };
    expect(of(40_000, 'alice')).toEqual(of(51_234, 'alice'));
    expect(of(40_000, 'alice')).not.toEqual(of(40_000, 'bob'));
  });

  test('is a different one in the other direction and in another flow', () => {
    const flows = new Flows();
    const up = deciderOf(some, { flows });
    const down = deciderOf(some, { flows, direction: 'down' });
    const back = parsed(udpPacket({ ...DOWN, from: 9_091, to: 40_000, payload: 'hello' }));
    const first = faultsOf(up, 50);
    expect(faultsOf(down, 50, back)).not.toEqual(first);
    expect(faultsOf(up, 50, datagram(41_000))).not.toEqual(first);
  });

  test('follows from another seed also in a flow that goes on', () => {
    const flows = new Flows();
    faultsOf(deciderOf(some, { flows }), 10);
    const changed = faultsOf(deciderOf(some, { flows, seed: 'bob' }), 50);
    const fresh = faultsOf(deciderOf(some, { seed: 'bob' }), 60).slice(10);
    expect(changed).toEqual(fresh);
  });

  test('has the shares of the fault profile', () => {
    const count = 20_000;
    const faults = faultsOf(deciderOf({ faults: 'loss=0.1,duplicate=0.05,reorder=0.2' }), count);
    for (const [name, share] of [
      ['loss', 0.1],
      ['duplicate', 0.05],
      ['reorder', 0.2],
      ['corruption', 0],
      ['none', 0.65],
    ] as const) {
      const found = faults.filter((fault) => fault === name).length / count;
      expect(Math.abs(found - share)).toBeLessThanOrEqual(4 * Math.sqrt((share * (1 - share)) / count));
    }
  });

  test.each([
    ['its filter leaves the packet out', { ...some, faults: 'loss=1', filter: 'tcp' }],
    ['nothing is set', {}],
    ['the packet can not have the fault', { faults: 'tamper=1', tamper: 'replace pay=bay' }],
  ])('is none when %s', (_when, texts) => {
    expect(deciderOf(texts).decide(datagram())).toMatchObject({ fault: 'none', delayMs: undefined });
  });
});

describe('bursts', () => {
  /** The share of lost packets and the mean length of a burst. */
  function burstsOf(texts: Texts, count: number) {
    const lost = faultsOf(deciderOf(texts), count).map((fault) => fault === 'loss');
    const losses = lost.filter(Boolean).length;
    const starts = lost.filter((isLost, index) => isLost && !lost[index - 1]).length;
    return { share: losses / count, length: losses / starts, starts };
  }

  test('have the mean length and the share asked for', () => {
    const [count, loss, burst] = [200_000, 0.1, 4];
    const { share, length, starts } = burstsOf({ faults: `loss=${loss}`, burst: `${burst}` }, count);
    const end = 1 / burst;
    const memory = 1 - end - (end * loss) / (1 - loss);
    // Four standard errors: of the share in a chain with two states, and of the mean of a geometric distribution.
    const shareError = Math.sqrt((loss * (1 - loss) * (1 + memory)) / (1 - memory) / count);
    expect(Math.abs(share - loss)).toBeLessThan(4 * shareError);
    expect(Math.abs(length - burst)).toBeLessThan((4 * Math.sqrt(1 - end)) / end / Math.sqrt(starts));
  });

  test('have their share in flows of one packet too', () => {
    const [count, loss] = [20_000, 0.1];
    const decider = deciderOf({ faults: `loss=${loss}`, burst: '20' });
    const lost = Array.from(
      { length: count },
      (_, n) => decider.decide(datagram(10_000 + n)).fault === 'loss',
    );
    const share = lost.filter(Boolean).length / count;
    expect(Math.abs(share - loss)).toBeLessThan(4 * Math.sqrt((loss * (1 - loss)) / count));
  });

  test('are longer than asked for when the share needs it', () => {
    const { share, length } = burstsOf({ faults: 'loss=0.8', burst: '2' }, 10_000);
    expect(share).toBeCloseTo(0.8, 1);
    // After each packet that is not lost comes a burst, so 4 of 5 are lost.
    expect(length).toBeCloseTo(4, 0);
  });

  test('of all packets never end', () => {
    expect(burstsOf({ faults: 'loss=1', burst: '3' }, 1_000)).toEqual({ share: 1, length: 1_000, starts: 1 });
  });

  test('leave the other faults their share', () => {
    const count = 20_000;
    const faults = faultsOf(deciderOf({ faults: 'loss=0.5,duplicate=0.4', burst: '2' }), count);
    const share = faults.filter((fault) => fault === 'duplicate').length / count;
    // Four standard errors of a share within the half that is not lost, and of that half.
    expect(Math.abs(share - 0.4)).toBeLessThan(4 * Math.sqrt((0.4 * 0.6 * 3) / count));
  });
});

describe('a script', () => {
  const script = { script: 'drop data 2, delay data 3 by 200ms' };
  const connection = (from: number) => [
    parsed(tcpPacket({ from, flags: 'S' })),
    parsed(tcpPacket({ from })),
    parsed(tcpPacket({ from, payload: 'one' })),
    parsed(tcpPacket({ from, payload: 'two' })),
    parsed(tcpPacket({ from, payload: 'two' })),
    parsed(tcpPacket({ from, payload: 'three' })),
  ];

  test('strikes the packets that it names, and takes a retransmission for a further one', () => {
    const decider = deciderOf(script);
    const decisions = connection(40_000).map((packet) => decider.decide(packet));
    expect(decisions.map(({ fault, rule }) => rule ?? fault)).toEqual([
      'none',
      'none',
      'none',
      'drop data 2',
      'delay data 3 by 200ms',
      'none',
    ]);
    expect(decisions[4]).toMatchObject({
      detail: { delay_ms: 200 },
      steps: [{ do: 'send-later', milliseconds: 200 }],
    });
  });

  test('counts each flow alone', () => {
    const decider = deciderOf(script);
    const [one, other] = [connection(40_000), connection(40_001)];
    const struck = one.flatMap((packet, index) =>
      [packet, other[index]!].map((each) => decider.decide(each).rule ?? ''),
    );
    expect(
      struck.map((rule, index) => (rule.startsWith('drop') ? index : -1)).filter((at) => at >= 0),
    ).toEqual([6, 7]);
  });

  test('gives a delay in place of that of the wire', () => {
    const decider = deciderOf({ script: 'delay 1 by 200ms', delay: '50ms' });
    expect(decider.decide(datagram())).toMatchObject({ fault: 'delay', delayMs: undefined });
    expect(decider.decide(datagram())).toMatchObject({ fault: 'none', delayMs: 50 });
  });

  test('comes before the MTU and the fault profile, and leaves them what it can not strike', () => {
    const decider = deciderOf({ script: 'duplicate 1, tamper 2', mtu: '68', faults: 'corruption=1' });
    const large = parsed(udpPacket({ payload: Buffer.alloc(100) }));
    expect([large, large, datagram()].map((packet) => decider.decide(packet).fault)).toEqual([
      'duplicate',
      'mtu',
      'corruption',
    ]);
  });

  test('concerns packets that the filter leaves out', () => {
    expect(deciderOf({ script: 'drop 1', filter: 'tcp' }).decide(datagram()).fault).toBe('loss');
  });
});

test('a delay comes with each other decision', () => {
  const decider = deciderOf({ faults: 'duplicate=1', delay: '50ms', jitter: '5ms' });
  const times = Array.from({ length: 100 }, () => decider.decide(datagram()).delayMs!);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(45);
  expect(Math.max(...times)).toBeLessThanOrEqual(55);
  expect(new Set(times).size).toBeGreaterThan(50);
});

test('the chance of an early drop is always the same for one packet', () => {
  const decider = deciderOf({});
  const { flow } = decider.decide(datagram());
  expect(decider.chanceOf(flow, 3)).toBe(deciderOf({}).chanceOf(flow, 3));
  expect(decider.chanceOf(flow, 3)).not.toBe(decider.chanceOf(flow, 4));
});

test('a tampered packet has the replaced bytes', () => {
  const decider = deciderOf({ faults: 'tamper=1', tamper: 'replace hell=jell' });
  const [step] = decider.decide(datagram()).steps;
  expect(payloadOf(parsed(step!.bytes)).toString()).toBe('jello');
});
