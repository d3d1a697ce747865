import { expect, test } from '@jest/globals';
import { seenIn } from './captures.ts';

/** A record of a pcap file: a UDP packet in an Ethernet frame. */
function record(microseconds: number, port: number, numbers: readonly number[], protocol = 17): Buffer {
  const payload = Buffer.from(new Uint32Array(numbers).buffer);
  const frame = Buffer.alloc(14 + 28 + payload.length);
  const packet = frame.subarray(14);
  packet[0] = 0x45;
  packet.writeUInt16BE(packet.length, 2);
  packet[9] = protocol;
  packet.writeUInt16BE(port, 20);
  packet.writeUInt16BE(8 + payload.length, 24);
  payload.copy(packet, 28);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(7, 0);
  header.writeUInt32LE(microseconds, 4);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(frame.length, 12);
  return Buffer.concat([header, frame]);
}

test('the datagrams of one port are found, each with its time and number', () => {
  const records = Buffer.concat([
    record(250, 41_000, [5, 5, 5]),
    record(300, 41_001, [6, 6, 6]),
    record(400, 41_000, [7, 7, 7], 6),
    record(500, 41_000, [8]),
    record(750, 41_000, [9, 9, 9, 9]),
  ]);
  expect(seenIn(records, 41_000)).toMatchObject([
    { number: 5, time: 7_000.25, bytes: 54 },
    { number: 9, time: 7_000.75, bytes: 58 },
  ]);
});

test('a record that is cut at the end is left out', () => {
  expect(seenIn(record(0, 41_000, [5, 5, 5]).subarray(0, 30), 41_000)).toEqual([]);
});

test.each([[[1, 5, 5]], [[5, 1, 5]], [[5, 5, 1]]])('the number of %j is 5', (numbers) => {
  expect(seenIn(record(0, 41_000, numbers), 41_000)).toMatchObject([{ number: 5 }]);
});
