import { readFile } from 'node:fs/promises';

/** Bytes of the head of a pcap, and of that of each frame (draft-ietf-opsawg-pcap). */
const [HEAD, FRAME_HEAD] = [24, 16];
/** Where the count of captured bytes is in the head of a frame. */
const CAPTURED = 8;

/** A frame of a capture file by its number, from 1, as its bytes are in the file. */
export async function frameOf(path: string, number: number): Promise<Buffer> {
  const file = await readFile(path);
  let at = HEAD;
  for (let before = 1; before < number; before += 1) at += FRAME_HEAD + file.readUInt32LE(at + CAPTURED);
  return file.subarray(at + FRAME_HEAD, at + FRAME_HEAD + file.readUInt32LE(at + CAPTURED));
}
