import type { Socket } from 'node:net';
import type { Place } from '#lib/journal/schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import type { Carrier } from '#lib/tls/carriers.ts';

/** One read of the socket: where its decrypted bytes end, and between which offsets they are on the wire. */
interface Read {
  end: number;
  readonly from: number;
  to: number;
}

/** Reads that are kept apart while no message is complete. Further reads are merged, and then count as one. */
const MOST_READS = 64;

/** The stream offsets of the messages on one connection, and of their echoes. */
export class StreamOffsets {
  readonly #socket: Socket;
  readonly #carrier: Carrier | undefined;
  #reads: Read[] = [];
  #received = 0;
  /** Writes that TLS has not passed on yet. */
  #pendingWrites = 0;
  #onWritten: (() => void)[] = [];

  constructor(socket: Socket, carrier: Carrier | undefined) {
    this.#socket = socket;
    this.#carrier = carrier;
  }

  /** Records that a number of bytes was received. */
  received(length: number): void {
    this.#received += length;
    if (!this.#carrier) return;
    const { from, to } = this.#carrier.read(this.#socket.readableLength === 0);
    const last = this.#reads.at(-1);
    const isSame = last?.from === from && last.to === to;
    if (last && (isSame || this.#reads.length === MOST_READS)) [last.end, last.to] = [this.#received, to];
    else this.#reads.push({ end: this.#received, from, to });
  }

  /** The offsets of a message that ends at `end`, and of its echo. Call it after `settled` has resolved. */
  of(end: number, message: Buffer): Place {
    const bytes = message.length;
    const at = end - bytes;
    const answer_at = this.#socket.bytesWritten;
    // Over TLS, a capture has other bytes, and a CRC of the plaintext could reveal them.
    if (!this.#carrier) return { at, bytes, crc: crcOf(message), answer_at };
    return { at, bytes, answer_at, ...this.#onWire(this.#carrier, at, end) };
  }

  /** The offset of the next byte to be written. */
  get next(): { readonly answer_at: number; readonly wire_answer_at: number | undefined } {
    return { answer_at: this.#socket.bytesWritten, wire_answer_at: this.#carrier?.written };
  }

  /** Writes. Returns whether more may be written at once. */
  write(bytes: Buffer): boolean {
    if (!this.#carrier) return this.#socket.write(bytes);
    this.#pendingWrites += 1;
    return this.#socket.write(bytes, () => {
      this.#pendingWrites -= 1;
      if (this.#pendingWrites === 0) for (const call of this.#onWritten.splice(0)) call();
    });
  }

  /** Over TLS: resolves when all written bytes are on the wire, and so are counted there. */
  settled(): Promise<void> | undefined {
    return this.#carrier && this.#settledBelow(this.#carrier);
  }

  /** Whether all written bytes are on the wire. */
  get isSettled(): boolean {
    return this.#pendingWrites === 0;
  }

  async #settledBelow(carrier: Carrier): Promise<void> {
    await carrier.settled();
    while (this.#pendingWrites > 0) await new Promise<void>((resolve) => this.#onWritten.push(resolve));
  }

  #onWire(carrier: Carrier, at: number, end: number): Place {
    const first = this.#reads.find((read) => read.end > at) ?? this.#reads.at(-1);
    this.#reads = this.#reads.filter((read) => read.end >= end);
    const last = this.#reads[0] ?? first;
    return { wire_from: first?.from, wire_to: last?.to, wire_answer_at: carrier.written };
  }
}
