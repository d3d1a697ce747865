import { SYN } from '../frames.ts';
import type { Packet } from './packet.ts';

/** New octets of a TCP stream. */
export interface Piece {
  readonly packet: Packet;
  readonly bytes: Buffer;
  /** Octets before it that never came. */
  readonly missing: number;
}

/** How many segments may wait for one before them, until that counts as missing. */
const WAITING = 64;

/** One direction of a TCP connection: lets each octet through once, in the order of sequence numbers. */
export class SegmentOrder {
  /** The sequence number that comes next. */
  #next: number | undefined;
  #waiting: Packet[] = [];

  take(packet: Packet): Piece[] {
    const { seq, flags } = packet.segment!;
    if (flags & SYN) {
      this.#next ??= (seq + 1) >>> 0;
      return [];
    }
    if (packet.payload.length === 0) return [];
    this.#next ??= seq;
    if (this.#distance(packet) > 0) {
      this.#waiting.push(packet);
      return this.#waiting.length > WAITING ? this.#skip() : [];
    }
    return [...this.#through(packet), ...this.#ready()];
  }

  /** What still waits, at the end of the capture. */
  rest(): Piece[] {
    const pieces: Piece[] = [];
    while (this.#waiting.length > 0) pieces.push(...this.#skip());
    return pieces;
  }

  /** Octets from what comes next to a segment, below 0 for one that was there before (RFC 9293, 3.4). */
  #distance({ segment }: Packet): number {
    return (segment!.seq - this.#next!) | 0;
  }

  #through(packet: Packet, missing = 0): Piece[] {
    const bytes = packet.payload.subarray(-Math.min(0, this.#distance(packet)));
    if (bytes.length === 0) return [];
    this.#next = (packet.segment!.seq + packet.payload.length) >>> 0;
    return [{ packet, bytes, missing }];
  }

  /** What has waited and waits no more. */
  #ready(): Piece[] {
    const pieces: Piece[] = [];
    for (let at = this.#nearest(); at >= 0 && this.#distance(this.#waiting[at]!) <= 0; at = this.#nearest()) {
      pieces.push(...this.#through(this.#waiting.splice(at, 1)[0]!));
    }
    return pieces;
  }

  /** Goes on behind a gap. */
  #skip(): Piece[] {
    const nearest = this.#waiting.splice(this.#nearest(), 1)[0]!;
    const missing = Math.max(0, this.#distance(nearest));
    this.#next = (this.#next! + missing) >>> 0;
    return [...this.#through(nearest, missing), ...this.#ready()];
  }

  /** Index of the segment with the lowest sequence number, -1 when none waits. */
  #nearest(): number {
    let nearest = -1;
    for (const [index, packet] of this.#waiting.entries()) {
      if (nearest < 0 || this.#distance(packet) < this.#distance(this.#waiting[nearest]!)) nearest = index;
    }
    return nearest;
  }
}
