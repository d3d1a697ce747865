/** As large as an IP packet can be. */
const LARGEST = 65_536;
/** Packets that fit. More wait in the kernel. */
const SLOTS = 256;

/** The counts at the start of the memory. They only grow, and wrap around at 2 ** 32. */
const PUT = 0;
const TAKEN = 1;
const COUNTS = 2;

/** Packets on their way from one thread to another, in their order. One thread puts, one takes. */
export class PacketRing {
  readonly memory: SharedArrayBuffer;
  readonly #counts: Int32Array<SharedArrayBuffer>;
  readonly #lengths: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Buffer<SharedArrayBuffer>;

  /** @param memory that of the ring of the other thread */
  constructor(
    memory = new SharedArrayBuffer((COUNTS + SLOTS) * Int32Array.BYTES_PER_ELEMENT + SLOTS * LARGEST),
  ) {
    this.memory = memory;
    this.#counts = new Int32Array(memory, 0, COUNTS);
    this.#lengths = new Int32Array(memory, COUNTS * Int32Array.BYTES_PER_ELEMENT, SLOTS);
    this.#bytes = Buffer.from(memory, (COUNTS + SLOTS) * Int32Array.BYTES_PER_ELEMENT);
  }

  get isEmpty(): boolean {
    return this.#count(PUT) === this.#count(TAKEN);
  }

  /**
   * Puts a packet. Waits while the ring is full, so a thread with other work must not call it.
   *
   * @param fill writes the packet into the buffer, and returns its length
   */
  put(fill: (room: Buffer) => number): void {
    const put = this.#count(PUT);
    const full = (put - SLOTS) | 0;
    while (this.#count(TAKEN) === full) Atomics.wait(this.#counts, TAKEN, full);
    const slot = put & (SLOTS - 1);
    this.#lengths[slot] = fill(this.#room(slot));
    Atomics.store(this.#counts, PUT, (put + 1) | 0);
    Atomics.notify(this.#counts, PUT);
  }

  /** Takes what is there, at most as many packets as fit, with bytes that belong to the caller. */
  takeAll(onPacket: (bytes: Buffer) => void): void {
    const put = this.#count(PUT);
    for (let taken = this.#count(TAKEN); taken !== put; taken = (taken + 1) | 0) {
      const slot = taken & (SLOTS - 1);
      const bytes = Buffer.from(this.#room(slot).subarray(0, this.#lengths[slot]));
      Atomics.store(this.#counts, TAKEN, (taken + 1) | 0);
      Atomics.notify(this.#counts, TAKEN);
      onPacket(bytes);
    }
  }

  /** Resolves when there is a packet. */
  async filled(): Promise<void> {
    await Atomics.waitAsync(this.#counts, PUT, this.#count(TAKEN)).value;
  }

  #count(which: number): number {
    return Atomics.load(this.#counts, which);
  }

  #room(slot: number): Buffer<SharedArrayBuffer> {
    return this.#bytes.subarray(slot * LARGEST, (slot + 1) * LARGEST);
  }
}
