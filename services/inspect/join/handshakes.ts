import type { HandshakeEvent } from '../entries.ts';
import type { Frame } from '../frames.ts';
import { OpenConnections } from '../open-connections.ts';

/** A connection over TLS, as far as a handshake that failed is to be shown in it. */
interface Shaken {
  alert: number | undefined;
  last: number | undefined;
  readonly events: HandshakeEvent[];
}

/** Is told a handshake that failed, and where it shows, if the capture has its connection. */
export type OnHandshake = (event: HandshakeEvent, shows: number) => void;

/** Finds the frame in which a person sees that a handshake failed: its alert, or the last one of its connection. */
export class Handshakes {
  readonly #connections: OpenConnections<Shaken>;

  constructor(found: OnHandshake) {
    this.#connections = new OpenConnections<Shaken>(
      () => ({ alert: undefined, last: undefined, events: [] }),
      ({ alert, events, last }) => {
        for (const event of events) found(event, (alert ?? last)!);
      },
    );
  }

  take(frame: Frame): void {
    if (!frame.overTls) return;
    const connection = this.#connections.take(frame);
    connection.last = frame.number;
    if (frame.hasAlert) connection.alert ??= frame.number;
  }

  /** All frames before the event have been taken. */
  note(event: HandshakeEvent): void {
    this.#connections.of(event.server, `${event.client_ip}:${event.client_port}`)?.events.push(event);
  }

  /** The capture ends. */
  finish(): void {
    this.#connections.finish();
  }
}
