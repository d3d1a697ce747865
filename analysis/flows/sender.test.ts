import { describe, expect, test } from '@jest/globals';
import { Sender } from './sender.ts';

const SIZE = 1_000;
const segment = (number: number) => ({ from: (number - 1) * SIZE, to: number * SIZE });

/** A sender that sends segments of 1,000 bytes, numbered from 1. The ACK 3 asks for segment 3. */
function scripted() {
  const sender = new Sender();
  let frame = 0;
  const next = () => ++frame;
  return {
    sender,
    send: (at: number, ...numbers: number[]) => {
      for (const one of numbers) sender.send({ at, frame: next(), fresh: [segment(one)], repeated: [] });
    },
    again: (at: number, number: number) => {
      sender.send({ at, frame: next(), fresh: [], repeated: [segment(number)] });
    },
    ack: (at: number, number: number, ...sacked: number[]) => {
      const blocks = sacked.map(segment);
      sender.acknowledge({ at, position: (number - 1) * SIZE, blocks, isBare: true });
    },
  };
}

describe('the flow of a sender', () => {
  test('without a loss has its round trips, its flight and its throughput', () => {
    const { sender, send, ack } = scripted();
    send(0, 1, 2);
    ack(0.05, 3);
    send(0.06, 3);
    ack(0.12, 4);
    const facts = sender.facts(0.12);
    expect(facts).toMatchObject({
      bytes: 3_000,
      frames: 3,
      retransmissions: { fast: 0, timeout: 0, 'tail-probe': 0, unclear: 0 },
      duplicateAcks: 0,
      needless: 0,
      roundTrip: { shortest: 50, longest: 60 },
      flight: [
        [0, 2_000],
        [0.05, 0],
        [0.06, 1_000],
        [0.12, 0],
        [0.12, 0],
        [0.12, 0],
      ],
      trips: [
        [0.05, 50, 50],
        [0.12, 60, 60],
      ],
      throughput: { step: 0.1, bits: [160_000, 80_000] },
      detail: [],
    });
  });

  test('with a lost segment has a fast retransmission, and the packets around it', () => {
    const { sender, send, again, ack } = scripted();
    send(0, 1);
    ack(0.05, 2);
    send(0.06, 2, 3, 4, 5);
    for (const number of [3, 4, 5]) ack(0.11, 2, number);
    again(0.111, 2);
    ack(0.16, 6);
    const facts = sender.facts(0.16);
    expect(facts).toMatchObject({
      retransmissions: { fast: 1, timeout: 0 },
      retransmittedBytes: 1_000,
      duplicateAcks: 3,
      retransmitted: [{ at: 0.111, from: 1_000, to: 2_000, cause: 'fast', frame: 6 }],
      sacked: [[0.11, 2_000, 5_000]],
    });
    expect(facts.flight).toContainEqual([0.11, 3_000]);
    expect(facts.detail.map(({ kind }) => kind).join(' ')).toBe(
      'sent ack sent sent sent sent ack ack ack again ack',
    );
    expect(facts.detail.at(6)).toMatchObject({ duplicate: true, sacked: [segment(3)] });
  });

  test('counts the segments that offload made one frame', () => {
    const { sender, send, ack } = scripted();
    send(0, 1, 2, 3, 4, 5, 6, 7, 8);
    for (const number of [6, 7, 8]) ack(0.05, 1, number);
    sender.send({ at: 0.06, frame: 9, fresh: [], repeated: [{ from: 0, to: 4_500 }], most: SIZE });
    expect(sender.facts(0.06)).toMatchObject({
      retransmissions: { fast: 5 },
      retransmittedBytes: 4_500,
      retransmittedFrames: 1,
    });
  });

  test('that hears nothing has a timeout, and all that was on the way belongs to it', () => {
    const { sender, send, again, ack } = scripted();
    send(0, 1);
    ack(0.05, 2);
    send(0.06, 2, 3, 4);
    again(0.35, 2);
    ack(0.4, 3);
    again(0.401, 3);
    ack(0.45, 5);
    expect(sender.facts(0.45).retransmissions).toMatchObject({ timeout: 2, fast: 0 });
  });

  test('whose last segment is lost has a tail probe after two round trips', () => {
    const { sender, send, again, ack } = scripted();
    send(0, 1);
    ack(0.05, 2);
    send(0.06, 2, 3);
    ack(0.11, 3);
    again(0.21, 3);
    ack(0.26, 4);
    expect(sender.facts(0.26).retransmissions).toMatchObject({ 'tail-probe': 1, timeout: 0 });
  });

  test('counts what the receiver reports as needless', () => {
    const { sender, send, again, ack } = scripted();
    send(0, 1, 2);
    ack(0.05, 3);
    again(0.06, 2);
    ack(0.11, 3, 2);
    expect(sender.facts(0.11)).toMatchObject({ needless: 1, duplicateAcks: 0 });
  });

  test('counts it also when a segment before is still missing', () => {
    const { sender, send, again, ack } = scripted();
    send(0, 1, 2, 3, 4);
    ack(0.05, 2);
    ack(0.051, 2, 3);
    ack(0.052, 2, 4, 3);
    again(0.06, 4);
    expect(sender.facts(0.06)).toMatchObject({ needless: 0 });
    sender.acknowledge({
      ...{ at: 0.11, position: SIZE, isBare: true },
      blocks: [segment(4), { from: segment(3).from, to: segment(4).to }],
    });
    expect(sender.facts(0.11)).toMatchObject({ needless: 1 });
  });

  test('without SACK has duplicate ACKs all the same', () => {
    const { sender, send, again, ack } = scripted();
    send(0, 1, 2, 3, 4, 5);
    for (const at of [0.05, 0.051, 0.052]) ack(at, 1);
    again(0.053, 1);
    expect(sender.facts(0.06)).toMatchObject({ duplicateAcks: 3, retransmissions: { fast: 1 } });
  });

  test('keeps a bounded number of points', () => {
    const { sender, send, again, ack } = scripted();
    for (let number = 1; number <= 20_000; number += 1) {
      send(number / 100, number);
      if (number % 10 === 0) again(number / 100 + 0.004, number);
      ack(number / 100 + 0.005, number + 1);
    }
    const { sent, acked, flight, trips, throughput, retransmitted, detail } = sender.facts(200);
    expect(sent.length + acked.length + flight.length + trips.length).toBeLessThan(3_000);
    expect(throughput.bits.length).toBeLessThan(1_201);
    expect(retransmitted).toHaveLength(1_000);
    expect(detail.length).toBeLessThanOrEqual(300);
  });
});
