/** As large as an IP packet can be. */
const LARGEST = 65_536;
/** Packets that fit. More wait in the kernel. */
const SLOTS = 256;
/** Who waits for room is woken for this number of packets at once: to wake a thread takes longer than to forward a packet. */
const ROOM = SLOTS / 4;

/** The counts at the start of the memory. They only grow, and wrap around at 2 ** 32. */
const PUT = 0;
const TAKEN = 1;
/** Always 0, for a wait that nobody ends. */
const NEVER = 2;
const COUNTS = 3;

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

  /** How many packets are in the ring. */
  get size(): number {
    return (this.#count(PUT) - this.#count(TAKEN)) | 0;
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

  /**
   * Takes the first packet, if there is one. Its bytes are in the ring, and stay there until the function returns.
   *
   * @returns whether there was one
   */
  take(onPacket: (bytes: Buffer) => void): boolean {
    const taken = this.#count(TAKEN);
    if (taken === this.#count(PUT)) return false;
    const slot = taken & (SLOTS - 1);
    onPacket(this.#room(slot).subarray(0, this.#lengths[slot]));
    Atomics.store(this.#counts, TAKEN, (taken + 1) | 0);
    if (slot % ROOM === 0 || this.size === 0) Atomics.notify(this.#counts, TAKEN);
    return true;
  }

  /** Stops this thread until there is a packet, at most this long, in ms. The kernel's timer is exact to about 0.1 ms. */
  wait(atMost?: number): void {
    Atomics.wait(this.#counts, PUT, this.#count(TAKEN), atMost);
  }

  /** Stops this thread for this long, in ms, whether there is a packet or not. So nobody has to wake it. */
  doze(milliseconds: number): void {
    Atomics.wait(this.#counts, NEVER, 0, milliseconds);
  }

  /** Resolves when there is a packet, at the latest after this time, in ms; or when `wake` is called. */
  async filled(atMost?: number): Promise<void> {
    await Atomics.waitAsync(this.#counts, PUT, this.#count(TAKEN), atMost).value;
  }

  /** Wakes who waits for a packet. */
  wake(): void {
    Atomics.notify(this.#counts, PUT);
  }

  #count(which: number): number {
    return Atomics.load(this.#counts, which);
  }

  #room(slot: number): Buffer<SharedArrayBuffer> {
    return this.#bytes.subarray(slot * LARGEST, (slot + 1) * LARGEST);
  }
}
