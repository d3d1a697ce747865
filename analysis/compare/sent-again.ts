import { HEADER_BYTES } from '#lib/transfer/datagram.ts';
import type { Packet } from './packets.ts';

/** So many flows and datagrams are remembered; of more, the oldest are forgotten. */
const REMEMBERED = 50_000;

/** In hex digits: what a numbered datagram of a transfer begins with. */
const SEGMENT = new RegExp(
  `^${['OPEN ', 'DATA ', 'CLOSE'].map((kind) => Buffer.from(`wirelab/1 ${kind}`).toString('hex')).join('|^')}`,
);

/**
 * Tells what a host sends again: a TCP segment of octets that it has sent already, or a datagram of a transfer with
 * the same header. A copy that only the other host's capture has is none: that was made on the way.
 */
export class SentAgain {
  /** By flow, the sequence number behind the last octet sent. */
  readonly #behind = new Map<string, number>();
  readonly #headers = new Set<string>();

  has({ flow, range, payload }: Packet): boolean {
    if (range) return this.#isOld(flow, range);
    if (!SEGMENT.test(payload)) return false;
    const header = `${flow} ${payload.slice(0, HEADER_BYTES * 2)}`;
    if (this.#headers.has(header)) return true;
    this.#headers.add(header);
    if (this.#headers.size > REMEMBERED) this.#headers.delete(this.#headers.values().next().value!);
    return false;
  }

  #isOld(flow: string, { from, to }: NonNullable<Packet['range']>): boolean {
    const behind = this.#behind.get(flow);
    // A new connection of the same port begins anywhere else.
    const isOld = behind !== undefined && ((from - behind) | 0) < 0 && ((behind - from) | 0) < 2 ** 24;
    if (!isOld || ((to - behind) | 0) > 0) this.#behind.set(flow, to);
    if (this.#behind.size > REMEMBERED) this.#behind.delete(this.#behind.keys().next().value!);
    return isOld;
  }
}
