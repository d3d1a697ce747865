import { Connections } from '#analysis/capture/connections.ts';
import { HEADER_BYTES } from '#lib/transfer/datagram.ts';
import type { Travelling } from './packets.ts';

/** At most this many datagrams are remembered. */
const REMEMBERED = 50_000;

/** The beginning of a numbered transfer datagram. */
const NUMBERED = /^wirelab\/1 (?:OPEN |DATA |CLOSE)/;

/**
 * Detects retransmissions of a host: a TCP segment with bytes that it has sent before, or a transfer datagram with the
 * same header. A copy that only the receiver's capture has was made on the way, and does not count.
 */
export class Retransmissions {
  readonly #connections = new Connections({ create: () => undefined });
  readonly #headers = new Set<string>();

  has({ carried, flow, payload }: Pick<Travelling, 'carried' | 'flow' | 'payload'>): boolean {
    if (carried?.transport === 'tcp') return this.#connections.take(carried).repeated.length > 0;
    if (!NUMBERED.test(payload)) return false;
    const header = `${flow} ${payload.slice(0, HEADER_BYTES)}`;
    if (this.#headers.has(header)) return true;
    this.#headers.add(header);
    if (this.#headers.size > REMEMBERED) this.#headers.delete(this.#headers.values().next().value!);
    return false;
  }
}
