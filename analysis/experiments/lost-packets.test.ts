import { describe, expect, test } from '@jest/globals';
import { Lab } from '#analysis/wire/testing.ts';
import { DOWN, type Tcp, tcpPacket } from '#lib/packet/testing.ts';
import { lostAck, lostSegment, lostSyn } from './lost-packets.ts';
import { conditions } from './wire-steps.ts';
import { echoFrame, inForce, observed } from './wire-testing.ts';

const ISN = 1_000;
/** Bytes of a segment. */
const MSS = 100;
/** Seconds of a round trip. */
const TRIP = 0.3;

const syn = tcpPacket({ id: 1, flags: 'S', sequence: ISN });

describe('a lost SYN', () => {
  async function outcome({ again = 11.02, lost = true, arrives = true }) {
    const lab = new Lab();
    inForce(lab, 5, conditions.lostSyn);
    lab.send(syn, { time: 10, ...(lost && { fault: 'loss' }) });
    if (again > 0)
      lab.send(tcpPacket({ id: 2, flags: 'S', sequence: ISN }), {
        time: again,
        ...(!arrives && { arrives: [] }),
      });
    return lostSyn.evaluate(await observed(lab, [echoFrame(2, { time: again })]));
  }

  test('agrees', async () => {
    const { agrees, seen, evidence } = await outcome({});
    expect(seen).toBe(
      'frame 2 of the client is lost; frame 3, 1.02 s later, arrives as frame 2 of the server',
    );
    expect(agrees).toBe(true);
    expect(evidence.map(({ frame }) => [frame?.host, frame?.number])).toEqual([
      ['client', 2],
      ['client', 3],
      [undefined, 2],
    ]);
  });

  test('agrees on a machine that stalls', async () => {
    expect((await outcome({ again: 11.35 })).agrees).toBe(true);
  });

  test.each([
    ['a second SYN that is early', { again: 10.3 }],
    ['a second SYN that is late', { again: 13 }],
    ['a second SYN that is lost too', { arrives: false }],
    ['a first SYN that arrives', { lost: false }],
    ['one SYN', { again: 0 }],
  ])('does not agree with %s', async (_what, run) => {
    expect((await outcome(run)).agrees).toBe(false);
  });
});

/** A connection whose client sends segments at once, and whose server acknowledges each. */
class Bulk {
  readonly lab = new Lab();
  #id = 10;

  constructor(set: (typeof conditions)[keyof typeof conditions]) {
    inForce(this.lab, 5, set);
    this.lab.send(syn, { time: 10, took: TRIP / 2 });
    this.down(10 + TRIP / 2, { flags: 'SA', acknowledgment: ISN + 1 });
  }

  /** A segment by its number, from 1. */
  up(time: number, number: number, fault?: string): void {
    const sequence = ISN + 1 + (number - 1) * MSS;
    const packet = tcpPacket({ id: this.#next(), sequence, acknowledgment: 1, payload: 'x'.repeat(MSS) });
    this.lab.send(packet, { time, took: TRIP / 2, ...(fault !== undefined && { fault }) });
  }

  /** An ACK of the first segments; with those after a hole that have arrived. */
  ack(
    time: number,
    { segments, sacked = [], fault }: { segments: number; sacked?: number[]; fault?: string },
  ): void {
    const [from, to] = sacked;
    const tcpOptions = from === undefined || to === undefined ? Buffer.alloc(0) : sack(from, to);
    this.down(time, { acknowledgment: ISN + 1 + segments * MSS, tcpOptions }, fault);
  }

  down(time: number, of: Tcp, fault?: string): void {
    const packet = tcpPacket({ ...DOWN, id: this.#next(), from: 9_090, to: 40_000, sequence: 1, ...of });
    this.lab.send(packet, { time, took: TRIP / 2, ...(fault !== undefined && { fault }) });
  }

  #next(): number {
    this.#id += 1;
    return this.#id;
  }
}

/** A SACK block of the segments with these numbers. */
function sack(from: number, to: number): Buffer {
  const block = Buffer.alloc(12, 1);
  block[2] = 5;
  block[3] = 10;
  block.writeUInt32BE(ISN + 1 + (from - 1) * MSS, 4);
  block.writeUInt32BE(ISN + 1 + to * MSS, 8);
  return block;
}

describe('a lost segment', () => {
  interface Case {
    lost?: boolean;
    tells?: boolean;
    again?: number;
    arrives?: boolean;
  }
  async function outcome({ lost = true, tells = true, again = 10.61, arrives = true }: Case) {
    const bulk = new Bulk(conditions.lostSegment);
    for (let number = 1; number <= 10; number += 1) {
      bulk.up(10.3 + number / 10_000, number, lost && number === 5 ? 'loss' : undefined);
    }
    for (let number = 1; number <= 4; number += 1) bulk.ack(10.45 + number / 10_000, { segments: number });
    for (let number = 6; tells && number <= 10; number += 1) {
      bulk.ack(10.45 + number / 10_000, { segments: 4, sacked: [6, number] });
    }
    if (again > 0) bulk.up(again, 5, arrives ? undefined : 'loss');
    return lostSegment.evaluate(await observed(bulk.lab));
  }

  test('agrees', async () => {
    const { agrees, seen, evidence } = await outcome({});
    expect(seen).toBe(
      'a segment of 100 bytes in frame 8 of the client is lost; ' +
        'frame 23, 0.31 s later, retransmits it because of duplicate ACKs or SACK blocks',
    );
    expect(agrees).toBe(true);
    expect(evidence.map(({ frame }) => [frame?.host, frame?.number])).toEqual([
      ['client', 8],
      ['client', 22],
      ['client', 23],
    ]);
  });

  test('agrees on a machine that stalls', async () => {
    expect((await outcome({ again: 10.95 })).agrees).toBe(true);
  });

  test.each([
    ['a timeout', { tells: false, again: 11.6 }],
    ['a retransmission that is lost too', { arrives: false }],
    ['no retransmission', { again: 0 }],
    ['no loss', { lost: false, again: 0 }],
  ])('does not agree with %s', async (_what, run) => {
    expect((await outcome(run)).agrees).toBe(false);
  });
});

describe('a lost ACK', () => {
  async function outcome({ lost = true, later = true, again = 0 }) {
    const bulk = new Bulk(conditions.lostAck);
    for (let number = 1; number <= 5; number += 1) bulk.up(10.3 + number / 10_000, number);
    for (let number = 1; number <= (later ? 5 : 3); number += 1) {
      bulk.ack(10.45 + number / 10_000, {
        segments: number,
        ...(lost && number === 3 && { fault: 'loss' }),
      });
    }
    if (again > 0) bulk.up(11.5, again);
    return lostAck.evaluate(await observed(bulk.lab, [echoFrame(8, { time: 10.45, toServer: false })]));
  }

  test('agrees', async () => {
    const { agrees, seen, evidence } = await outcome({});
    expect(seen).toBe(
      'frame 8 of the server acknowledges 300 bytes and is lost; ' +
        'frame 11 of the client acknowledges 400; none of those bytes is retransmitted',
    );
    expect(agrees).toBe(true);
    expect(evidence.map(({ frame }) => [frame?.host, frame?.number])).toEqual([
      [undefined, 8],
      ['client', 11],
    ]);
  });

  test('agrees if a later segment is sent again, as a tail probe', async () => {
    expect((await outcome({ again: 5 })).agrees).toBe(true);
  });

  test.each([
    ['a segment that it acknowledged and that is sent again', { again: 3 }],
    ['no ACK after it', { later: false }],
    ['no loss', { lost: false }],
  ])('does not agree with %s', async (_what, run) => {
    expect((await outcome(run)).agrees).toBe(false);
  });
});
