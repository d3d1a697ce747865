import type { FrameRef } from '#analysis/capture/frames.ts';

export interface Datagram {
  readonly frame: FrameRef;
  readonly bytes: Buffer;
  readonly crc: string;
}

/** What a datagram takes beside its own bytes, about. */
const OVERHEAD = 256;

/** Datagrams of a client that no entry has taken yet, by their CRC; of several that are alike the first is taken. */
export class Untaken {
  readonly #byCrc = new Map<string, Datagram[]>();
  readonly #inOrder = new Set<Datagram>();
  /** Bytes of memory that they take, about. */
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

  /** The first with a CRC that was sent before a time, in seconds since 1970. */
  take(crc: string | undefined, before = Number.POSITIVE_INFINITY): Datagram | undefined {
    const first = crc === undefined ? undefined : this.#byCrc.get(crc)?.[0];
    if (!first || first.frame.time >= before) return undefined;
    this.#remove(first);
    return first;
  }

  /** Gives up the oldest, of before a time, as long as they take more than so many bytes. */
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
