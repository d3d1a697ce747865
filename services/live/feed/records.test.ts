import { expect, test } from '@jest/globals';
import { type Frame, pcapHead, pcapRecord, Records } from './records.ts';

function frame(text: string, time = 1_750_000_000.000001): Frame {
  const bytes = Buffer.from(text);
  const seconds = Math.floor(time);
  const nanoseconds = Math.round((time - seconds) * 1e6) * 1e3;
  return { seconds, nanoseconds, time, bytes, length: bytes.length, linkType: 1 };
}

const frames = [frame('first'), frame('', 1_750_000_001), frame('third', 1_750_000_002.5)];
const file = Buffer.concat([pcapHead(1), ...frames.map(pcapRecord)]);

/** The same file in the other byte order, with microseconds. */
function bigEndian(): Buffer {
  const bytes = Buffer.from(file);
  for (let at = 0; at < bytes.length; ) {
    const words = at === 0 ? [4, 2, 2, 4, 4, 4, 4] : [4, 4, 4, 4];
    const length = at === 0 ? 0 : bytes.readUInt32LE(at + 8);
    if (at > 0) bytes.writeUInt32LE(bytes.readUInt32LE(at + 4) / 1_000, at + 4);
    else bytes.writeUInt32LE(0xa1b2c3d4);
    for (const word of words) {
      bytes.subarray(at, at + word).reverse();
      at += word;
    }
    at += length;
  }
  return bytes;
}

test.each([
  ['nanoseconds', file],
  ['microseconds, and the other byte order', bigEndian()],
])('a file with %s is split into its frames, wherever it is cut', (_, bytes) => {
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const records = new Records();
    const found = [bytes.subarray(0, cut), bytes.subarray(cut)].flatMap((part) =>
      // The bytes of a frame are only valid until the next call.
      records.take(part).map((one) => ({ ...one, bytes: Buffer.from(one.bytes) })),
    );
    expect(found).toEqual(frames);
    expect(records.broken).toBeUndefined();
  }
});

test('a frame that was truncated has its whole length', () => {
  const records = new Records();
  const [short] = records.take(Buffer.concat([pcapHead(1), pcapRecord({ ...frame('abc'), length: 1_500 })]));
  expect(short).toMatchObject({ bytes: Buffer.from('abc'), length: 1_500 });
});

test.each([
  [
    'a file that is no pcap',
    (bytes: Buffer): void => void bytes.writeUInt32BE(0x0a0d0d0a),
    'it begins with 0a0d0d0a, and a pcap with a1b2c3d4',
    0,
  ],
  [
    'a length that no frame has',
    (bytes: Buffer): void => void bytes.writeUInt32LE(0x7fffffff, 24 + 21 + 8),
    'a frame of it claims 2147483647 bytes, and 0 of 1000000000 parts of a second',
    1,
  ],
  [
    'a time that is none',
    (bytes: Buffer): void => void bytes.writeUInt32LE(1e9, 24 + 21 + 4),
    'a frame of it claims 0 bytes, and 1000000000 of 1000000000 parts of a second',
    1,
  ],
] as const)('%s ends the frames', (_, damage, broken, count) => {
  const bytes = Buffer.from(file);
  damage(bytes);
  const records = new Records();
  expect(records.take(bytes)).toHaveLength(count);
  expect(records.broken).toBe(broken);
  expect(records.take(pcapRecord(frames[0]!))).toEqual([]);
});
