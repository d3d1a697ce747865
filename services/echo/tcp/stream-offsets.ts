import type { Socket } from 'node:net';
import type { Place } from '#lib/journal/schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import type { Carrier } from '#lib/tls/carriers.ts';

/** What was read at once: it ends there inside of TLS, and is within these bytes on the wire. */
interface Read {
  end: number;
  readonly from: number;
  to: number;
}

/** So many reads are told apart while no message is whole; of more, a message is known to be in all of them. */
const MOST_READS = 64;

/** Where the messages of one connection are, and where their answers begin. */
export class StreamOffsets {
  readonly #socket: Socket;
  readonly #carrier: Carrier | undefined;
  #reads: Read[] = [];
  #came = 0;
  /** Writes that have not left TLS yet. */
  #leaving = 0;
  #onLeft: (() => void)[] = [];

  constructor(socket: Socket, carrier: Carrier | undefined) {
    this.#socket = socket;
    this.#carrier = carrier;
  }

  /** Takes down that so many bytes came. */
  came(length: number): void {
    this.#came += length;
    if (!this.#carrier) return;
    const { from, to } = this.#carrier.read(this.#socket.readableLength === 0);
    const last = this.#reads.at(-1);
    const isSame = last?.from === from && last.to === to;
    if (last && (isSame || this.#reads.length === MOST_READS)) [last.end, last.to] = [this.#came, to];
    else this.#reads.push({ end: this.#came, from, to });
  }

  /** Where a message is that ends at a position, and its answer, as `settled` has resolved. */
  of(end: number, message: Buffer): Place {
    const bytes = message.length;
    const at = end - bytes;
    const answer_at = this.#socket.bytesWritten;
    // What is encrypted can't be found by it, and nobody is to guess it from that.
    if (!this.#carrier) return { at, bytes, crc: crcOf(message), answer_at };
    return { at, bytes, answer_at, ...this.#onWire(this.#carrier, at, end) };
  }

  /** Where what is written next begins. */
  get next(): { readonly answer_at: number; readonly wire_answer_at: number | undefined } {
    return { answer_at: this.#socket.bytesWritten, wire_answer_at: this.#carrier?.written };
  }

  /** Writes, and says whether more may be written at once. */
  write(bytes: Buffer): boolean {
    if (!this.#carrier) return this.#socket.write(bytes);
    this.#leaving += 1;
    return this.#socket.write(bytes, () => {
      this.#leaving -= 1;
      if (this.#leaving === 0) for (const call of this.#onLeft.splice(0)) call();
    });
  }

  /** Over TLS: resolves once all that was written is on the wire, so that its bytes there are counted. */
  settled(): Promise<void> | undefined {
    return this.#carrier && this.#settledBelow(this.#carrier);
  }

  /** Whether what was written is all on the wire. */
  get isSettled(): boolean {
    return this.#leaving === 0;
  }

  async #settledBelow(carrier: Carrier): Promise<void> {
    await carrier.settled();
    while (this.#leaving > 0) await new Promise<void>((resolve) => this.#onLeft.push(resolve));
  }

  #onWire(carrier: Carrier, at: number, end: number): Place {
    const first = this.#reads.find((read) => read.end > at) ?? this.#reads.at(-1);
    this.#reads = this.#reads.filter((read) => read.end >= end);
    const last = this.#reads[0] ?? first;
    return { wire_from: first?.from, wire_to: last?.to, wire_answer_at: carrier.written };
  }
}
