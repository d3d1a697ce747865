import { writeSync } from 'node:fs';

/** The number of packets that the kernel refused, in memory of all threads. */
export type Refusals = Int32Array<SharedArrayBuffer>;

export function noRefusals(): Refusals {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Gives a packet to the kernel. A packet that the kernel refuses is lost, as on any wire. */
export function writePacket(file: number, bytes: Buffer, refusals: Refusals): void {
  try {
    writeSync(file, bytes);
  } catch {
    Atomics.add(refusals, 0, 1);
  }
}
