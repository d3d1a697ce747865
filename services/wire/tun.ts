import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { PacketRing } from './packet-ring.ts';

/**
 * The TUN device: each read is one packet from the kernel, each write gives one to it (Linux, tuntap.rst).
 *
 * Another program has opened and configured it: Node has no ioctl. A thread of its own reads it, because a read that waits
 * would stop everything else, and a new job for each packet would take longer than the packet.
 */
export class Tun {
  readonly #file: number;
  readonly #ring = new PacketRing();
  #isClosed = false;
  #refused = 0;

  /** @param file the number of its open file */
  constructor(file: number) {
    this.#file = file;
  }

  /** Calls back for each packet, with bytes that belong to the caller. Ends with the error of the first failed read. */
  start(onPacket: (bytes: Buffer) => void, onEnd: (error: Error) => void): void {
    const workerData = { file: this.#file, memory: this.#ring.memory };
    new Worker(new URL('tun-reader.ts', import.meta.url), { workerData }).once('error', (error) => {
      if (!this.#isClosed) onEnd(error as Error);
    });
    void this.#take(onPacket);
  }

  async #take(onPacket: (bytes: Buffer) => void): Promise<void> {
    while (!this.#isClosed) {
      this.#ring.takeAll(onPacket);
      // Timers and the control socket have their turn too while packets arrive without a pause.
      if (this.#ring.isEmpty) await this.#ring.filled();
      else await setImmediate();
    }
  }

  /** Gives a packet to the kernel. A packet that the kernel refuses is lost, as on any wire. */
  write(bytes: Buffer): void {
    try {
      writeSync(this.#file, bytes);
    } catch {
      this.#refused += 1;
    }
  }

  /** Packets that the kernel refused: malformed ones, and those for a device that is down. */
  get refused(): number {
    return this.#refused;
  }

  close(): void {
    this.#isClosed = true;
  }
}
