import { type Packet, parsePacket } from '#lib/packet/packet.ts';
import type { CaptureFiles } from './read-packets.ts';
import { Seen } from './seen.ts';
import { ipArguments, tsharkLines } from './tshark.ts';

/** An IPv4 packet in a capture, as it is on the wire: fragments are not put together. */
export interface IpFrame {
  /** Frame number, from 1, counted through all files of the capture. */
  readonly number: number;
  /** Seconds since 1970, to the microsecond. */
  readonly time: number;
  readonly packet: Packet;
  /** How many bytes of the packet were captured; the others are 0. */
  readonly captured: number;
}

/**
 * Reads the IPv4 packets of a capture whole, in batches. What is no IPv4 packet is skipped. A file that breaks off is read
 * up to there.
 */
export async function* readIp(
  { files, cut }: CaptureFiles,
  seen: Seen = new Seen(),
): AsyncGenerator<IpFrame[]> {
  const reasons = new Set(cut === undefined ? [] : [cut]);
  const frameIn = (line: string): IpFrame | [] => {
    const [epoch = '', length, captured, hex = ''] = line.split('\t');
    seen.add(epoch);
    const bytes = Buffer.from(hex, 'hex');
    const packet = parsePacket(length === captured ? bytes : whole(bytes));
    return packet ? { number: seen.frames, time: Number(epoch), packet, captured: bytes.length } : [];
  };
  for (const file of files) {
    const onCut = (why: string) => reasons.add(why);
    for await (const lines of tsharkLines(ipArguments(file), { onCut })) yield lines.flatMap(frameIn);
  }
  if (reasons.size > 0) seen.cut = [...reasons].join('; ');
}

/** A truncated packet with zeros in place of the bytes that were not captured. */
function whole(bytes: Buffer): Buffer {
  if (bytes.length < 20) return bytes;
  const missing = bytes.readUInt16BE(2) - bytes.length;
  return missing > 0 ? Buffer.concat([bytes, Buffer.alloc(missing)]) : bytes;
}
