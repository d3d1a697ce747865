import type { Frame } from '#analysis/capture/frames.ts';
import type { Carried } from '#analysis/capture/packet.ts';
import { decodeDatagram } from '#lib/transfer/datagram.ts';

/** Selects the datagrams of one transfer. Each client sends a transfer from a port of its own. */
export class TransferFrames {
  readonly #id: string;
  /** The clients of the transfer, with their ports. */
  readonly #clients = new Set<string>();

  /** @param id 8 hex digits */
  constructor(id: string) {
    this.#id = id;
  }

  /** Takes every frame of the servers once, before any question. */
  take(frame: Frame): void {
    if (idOf(frame) === this.#id) this.#clients.add(frame.client);
  }

  /** Whether a packet belongs to the transfer. A damaged datagram has no id, and belongs to that of its client. */
  has(carried: Carried | undefined): boolean {
    if (carried?.transport !== 'udp' || carried.server !== 'echo') return false;
    const { from, to, toServer } = carried;
    return this.#clients.has(toServer ? from : to) && (idOf(carried) ?? this.#id) === this.#id;
  }
}

/** The id in a datagram of a transfer; undefined for any other frame, and for a damaged datagram. */
function idOf({ transport, payload }: Pick<Frame, 'transport' | 'payload'>): string | undefined {
  return transport === 'udp' ? decodeDatagram(payload)?.id : undefined;
}
