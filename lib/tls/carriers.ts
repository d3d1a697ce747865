import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';

/**
 * The TCP connection below one over TLS. It counts bytes as they are on the wire, records and handshake included, where
 * the socket above it counts what is inside.
 */
export class Carrier {
  readonly socket: Socket;
  /** What was read last: from here to there. */
  #from = 0;
  #to = 0;
  #isSettled = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /**
   * Where on the wire that is what has just been handed on: what was read since this was asked for the last time, or
   * the same as then where nothing was.
   *
   * @param isAll whether nothing that was read is still to be handed on
   */
  read(isAll = true): { readonly from: number; readonly to: number } {
    const to = this.socket.bytesRead;
    if (to === this.#to) return { from: this.#from, to };
    const from = this.#to;
    if (isAll) [this.#from, this.#to] = [from, to];
    return { from, to };
  }

  /** Resolves once the end of its own handshake is on the wire, session tickets included: after that no byte is but what is written. */
  async settled(): Promise<void> {
    if (this.#isSettled) return;
    // They leave at the end of the turn in which the client's last words came.
    await new Promise(setImmediate);
    this.#isSettled = true;
  }

  /** Where on the wire what is written next begins, when all that was written before has left. */
  get written(): number {
    return this.socket.bytesWritten;
  }
}

/** Finds the carriers of connections over TLS. */
export class Carriers {
  readonly #of = new WeakMap<Socket, Carrier>();

  watch(server: Server): void {
    const open = new Map<string, Socket>();
    const find = (socket: TLSSocket) => {
      const known = this.#of.get(socket);
      if (known) return known;
      const below = open.get(keyOf(socket));
      if (!below) return undefined;
      const carrier = new Carrier(below);
      this.#of.set(socket, carrier);
      return carrier;
    };
    server
      .on('connection', (socket: Socket) => {
        const key = keyOf(socket);
        open.set(key, socket);
        once(socket, 'close').then(
          () => {
            // After a reset the next connection may come from the same port before this is seen.
            if (open.get(key) === socket) open.delete(key);
          },
          () => undefined,
        );
      })
      // What was read by then, and by the end of the handshake, is of the handshake.
      .on('keylog', (_line, socket: TLSSocket) => find(socket)?.read())
      .on('secureConnection', (socket) => find(socket)?.read());
  }

  /** Undefined in plain text, and of a client that is gone. */
  of(socket: Socket): Carrier | undefined {
    return this.#of.get(socket);
  }
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
