import { Connections } from '#analysis/capture/connections.ts';
import { HEADER_BYTES } from '#lib/transfer/datagram.ts';
import type { Travelling } from './packets.ts';

/** So many datagrams are remembered; of more, the oldest are forgotten. */
const REMEMBERED = 50_000;

/** What a numbered datagram of a transfer begins with. */
const NUMBERED = /^wirelab\/1 (?:OPEN |DATA |CLOSE)/;

/**
 * Tells what a host sends again: a TCP segment with bytes that it has sent already, or a datagram of a transfer with the
 * same header. A copy that only the other host's capture has is none: that was made on the way.
 */
export class SentAgain {
  readonly #connections = new Connections({ create: () => undefined });
  readonly #headers = new Set<string>();

  has({ carried, flow, payload }: Pick<Travelling, 'carried' | 'flow' | 'payload'>): boolean {
    if (carried?.transport === 'tcp') return this.#connections.take(carried).again.length > 0;
    if (!NUMBERED.test(payload)) return false;
    const header = `${flow} ${payload.slice(0, HEADER_BYTES)}`;
    if (this.#headers.has(header)) return true;
    this.#headers.add(header);
    if (this.#headers.size > REMEMBERED) this.#headers.delete(this.#headers.values().next().value!);
    return false;
  }
}
