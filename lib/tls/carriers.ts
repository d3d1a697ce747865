import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';

/**
 * The TCP connection below a connection over TLS. It counts the bytes on the wire, records and handshake included. The
 * TLS socket above it counts the decrypted bytes.
 */
export class Carrier {
  readonly socket: Socket;
  /** The stretch of bytes that was read last. */
  #from = 0;
  #to = 0;
  #isSettled = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /**
   * The bytes on the wire that contain the data which the TLS socket has just emitted: all bytes since the last call.
   * When no byte was read since then, it returns the same range again.
   *
   * @param isAll whether the TLS socket has emitted everything that was read
   */
  read(isAll = true): { readonly from: number; readonly to: number } {
    const to = this.socket.bytesRead;
    if (to === this.#to) return { from: this.#from, to };
    const from = this.#to;
    if (isAll) [this.#from, this.#to] = [from, to];
    return { from, to };
  }

  /**
   * Resolves when the whole handshake of the server is written, session tickets included. Later bytes are data alone.
   */
  async settled(): Promise<void> {
    if (this.#isSettled) return;
    // Session tickets are written at the end of the turn in which the client's last handshake message arrives.
    await new Promise(setImmediate);
    this.#isSettled = true;
  }

  /** The offset on the wire of the next byte to be written. */
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
            // After a reset, a new connection may use the same port before the close of the old one is noticed.
            if (open.get(key) === socket) open.delete(key);
          },
          () => undefined,
        );
      })
      // All bytes that were read until these events belong to the handshake.
      .on('keylog', (_line, socket: TLSSocket) => find(socket)?.read())
      .on('secureConnection', (socket) => find(socket)?.read());
  }

  /** Undefined in plain text, and for a client that has disconnected. */
  of(socket: Socket): Carrier | undefined {
    return this.#of.get(socket);
  }
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
