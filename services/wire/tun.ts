import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { PacketRing } from './packet-ring.ts';
import { noRefusals, writePacket } from './write-packet.ts';

/** The most that the main thread waits in one piece, in ms. Timers and the control socket have their turn afterwards. */
const PIECE_MS = 1;
/** When this number of packets waits, this thread has no time to write them too. */
const BUSY = 4;
/** For so long after a packet, the next one is probably near, and worth a wait that is quickly over. In ms. */
const NEAR_MS = 20;

/**
 * The TUN device: each read is one packet from the kernel, each write gives one to it (Linux, tuntap.rst).
 *
 * Another program has opened and configured it: Node has no ioctl. Threads of their own read and write it, because a read
 * waits for a packet, and a write takes long. A new job for each packet would take longer than the packet.
 */
export class Tun {
  readonly #file: number;
  readonly #clock: () => number;
  readonly #reads = new PacketRing();
  readonly #writes = new PacketRing();
  readonly #refusals = noRefusals();
  #lastPacket = Number.NEGATIVE_INFINITY;
  #lastTurn = Number.NEGATIVE_INFINITY;
  isClosed = false;

  /** @param file the number of its open file @param clock in ms */
  constructor(file: number, clock: () => number) {
    this.#file = file;
    this.#clock = clock;
  }

  /** Begins to read and write. Calls back with the error of the first failed read. */
  start(onEnd: (error: Error) => void): void {
    this.#run(new URL('tun-reader.ts', import.meta.url), this.#reads, onEnd);
    this.#run(new URL('tun-writer.ts', import.meta.url), this.#writes, onEnd);
  }

  #run(program: URL, { memory }: PacketRing, onEnd: (error: Error) => void): void {
    const workerData = { file: this.#file, memory, refusals: this.#refusals };
    new Worker(program, { workerData }).once('error', (error) => {
      if (!this.isClosed) onEnd(error as Error);
    });
  }

  /** Takes a packet, if there is one, with bytes that belong to the caller. @returns whether there was one */
  take(onPacket: (bytes: Buffer) => void): boolean {
    let own: Buffer | undefined;
    // Its place in the ring is free before anything is done with it.
    if (!this.#reads.take((bytes) => (own = Buffer.from(bytes)))) return false;
    this.#lastPacket = this.#clock();
    onPacket(own!);
    return true;
  }

  /** Gives a packet to the kernel. Unless much is to be done, that is quicker without the other thread. */
  write(bytes: Buffer): void {
    if (this.#reads.size < BUSY && this.#writes.size === 0) writePacket(this.#file, bytes, this.#refusals);
    else this.#writes.put((room) => bytes.copy(room));
  }

  /**
   * Resolves when there is a packet, at the latest after this time, in ms. Near the end of it the thread itself waits,
   * because a timer of the event loop is up to a millisecond late.
   */
  async ready(left = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#reads.size === 0 && left > 0) {
      const isNear = left <= PIECE_MS || this.#clock() - this.#lastPacket < NEAR_MS;
      if (!isNear) return this.#reads.filled(left - PIECE_MS);
      this.#reads.wait(Math.min(left, PIECE_MS));
    }
    if (this.#clock() - this.#lastTurn < PIECE_MS) return;
    await setImmediate();
    this.#lastTurn = this.#clock();
  }

  /** `ready` resolves. */
  wake(): void {
    this.#reads.wake();
  }

  /** Packets that the kernel refused: malformed ones, and those for a device that is down. */
  get refused(): number {
    return Atomics.load(this.#refusals, 0);
  }

  close(): void {
    this.isClosed = true;
    this.wake();
  }
}
