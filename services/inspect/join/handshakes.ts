import type { HandshakeEvent } from '../entries.ts';
import { type Frame, SYN } from '../frames.ts';

/** A connection over TLS, as far as a handshake that failed is to be shown in it. */
interface Shaken {
  readonly server: Frame['server'];
  alert: number | undefined;
  last: number;
  readonly events: HandshakeEvent[];
}

/** Is told a handshake that failed, and where it shows, if the capture has its connection. */
export type OnHandshake = (event: HandshakeEvent, server: Frame['server'], shows: number) => void;

/** Finds the frame in which a person sees that a handshake failed: its alert, or the last one of its connection. */
export class Handshakes {
  readonly #connections = new Map<string, Shaken>();
  readonly #found: OnHandshake;

  constructor(found: OnHandshake) {
    this.#found = found;
  }

  take({ client, flags, hasAlert, number, overTls, server }: Frame): void {
    if (!overTls) return;
    const known = this.#connections.get(client);
    if (!known || flags === SYN) {
      if (known) this.#tell(known);
      this.#connections.set(client, { server, alert: undefined, last: number, events: [] });
      return;
    }
    known.last = number;
    if (hasAlert) known.alert ??= number;
  }

  note(event: HandshakeEvent): void {
    this.#connections.get(`${event.client_ip}:${event.client_port}`)?.events.push(event);
  }

  finish(): void {
    for (const connection of this.#connections.values()) this.#tell(connection);
  }

  #tell({ alert, events, last, server }: Shaken): void {
    for (const event of events) this.#found(event, server, alert ?? last);
  }
}
