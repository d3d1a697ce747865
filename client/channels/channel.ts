import type { KeyObject } from 'node:crypto';

/** A connection to a server, by TCP, TLS or UDP. */
export interface Channel {
  /** The client's port. It identifies the exchange in a capture. */
  readonly localPort: number;
  /** The TLS version; undefined in plain text. */
  readonly tls?: string | undefined;
  /** False when no more replies can arrive. */
  readonly open: boolean;
  send(payload: Buffer): void;
  /**
   * The bytes of the next reply. It serves one caller at a time.
   *
   * @throws ConnectionLostError when no more replies can arrive; the signal's reason when aborted
   */
  receive(signal: AbortSignal): Promise<Buffer>;
  /** The replies that have arrived and that nobody has read. */
  takeWaiting(): Buffer[];
  close(): void;
}

export interface Target {
  readonly address: string;
  readonly port: number;
  /** How long the connection may take to open, in seconds. */
  readonly timeout: number;
  /** The key of the replies' HMACs. Without it, replies have checksums. */
  readonly key?: KeyObject | undefined;
}

/** Opens a channel. @throws the system's error, with its code; the signal's reason when aborted */
export type OpenChannel = (target: Target, signal: AbortSignal) => Promise<Channel>;

/** The server ended the connection: `reset` by RST, `closed` by FIN. `refused`: no program listens on a UDP port. */
export class ConnectionLostError extends Error {
  readonly code = 'LAB_CONNECTION_LOST';
  readonly how: 'reset' | 'closed' | 'refused';
  /** The probable reason, when the server gives none. */
  readonly hint: string | undefined;

  constructor(
    how: ConnectionLostError['how'],
    { hint, ...options }: ErrorOptions & { readonly hint?: string | undefined } = {},
  ) {
    super(`the connection was ${how}`, options);
    this.how = how;
    this.hint = hint;
  }
}

/** The replies of a channel, in their order. */
export class Inbox {
  readonly #replies: Buffer[] = [];
  #lost: ConnectionLostError | undefined;
  #arrival = Promise.withResolvers<void>();

  push(reply: Buffer): void {
    this.#replies.push(reply);
    this.#arrival.resolve();
  }

  /** Marks that no more replies can arrive. */
  lose(error: ConnectionLostError): void {
    this.#lost ??= error;
    this.#arrival.resolve();
  }

  get open(): boolean {
    return this.#lost === undefined;
  }

  async receive(signal: AbortSignal): Promise<Buffer> {
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    try {
      while (this.#replies.length === 0) {
        signal.throwIfAborted();
        if (this.#lost) throw this.#lost;
        await Promise.race([this.#arrival.promise, aborted]);
        this.#arrival = Promise.withResolvers<void>();
      }
      return this.#replies.shift()!;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  takeWaiting(): Buffer[] {
    return this.#replies.splice(0);
  }
}
