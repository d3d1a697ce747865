import type { FrameRef } from '#analysis/capture/frames.ts';

export interface Datagram {
  readonly frame: FrameRef;
  readonly bytes: Buffer;
  readonly crc: string;
}

/** About how much memory a datagram takes besides its bytes. */
const OVERHEAD = 256;

/** Datagrams of a client that have no entry yet, by CRC. Of equal ones the first is taken. */
export class UnmatchedDatagrams {
  readonly #byCrc = new Map<string, Datagram[]>();
  readonly #inOrder = new Set<Datagram>();
  /** About how many bytes of memory they take. */
  #cost = 0;

  get size(): number {
    return this.#inOrder.size;
  }

  add(datagram: Datagram): void {
    const alike = this.#byCrc.get(datagram.crc);
    if (alike) alike.push(datagram);
    else this.#byCrc.set(datagram.crc, [datagram]);
    this.#inOrder.add(datagram);
    this.#cost += costOf(datagram);
  }

  /** Takes the first datagram with this CRC from before a time, in seconds since 1970. */
  take(crc: string | undefined, before = Number.POSITIVE_INFINITY): Datagram | undefined {
    const first = crc === undefined ? undefined : this.#byCrc.get(crc)?.[0];
    if (!first || first.frame.time >= before) return undefined;
    this.#remove(first);
    return first;
  }

  /** Gives up the oldest from before a time while all take more than `most` bytes. */
  giveUp(before: number, most: number): Datagram[] {
    const given: Datagram[] = [];
    for (const datagram of this.#inOrder) {
      if (this.#cost <= most || datagram.frame.time >= before) break;
      this.#remove(datagram);
      given.push(datagram);
    }
    return given;
  }

  #remove(datagram: Datagram): void {
    const { crc } = datagram;
    const alike = this.#byCrc.get(crc)!;
    alike.splice(alike.indexOf(datagram), 1);
    if (alike.length === 0) this.#byCrc.delete(crc);
    this.#inOrder.delete(datagram);
    this.#cost -= costOf(datagram);
  }
}

function costOf({ bytes }: Datagram): number {
  return bytes.length + OVERHEAD;
}
