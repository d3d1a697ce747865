import type { KeyObject } from 'node:crypto';

/** The way to a server and back. */
export interface Channel {
  /** The client's port, which names the exchange in a capture. */
  readonly localPort: number;
  /** The version of TLS that encrypts it; undefined in plain text. */
  readonly tls?: string | undefined;
  /** False once there will be no more replies than have come. */
  readonly open: boolean;
  send(payload: Buffer): void;
  /**
   * The next reply, as it came. One caller at a time.
   *
   * @throws ConnectionLostError when there will be none, the signal's reason when aborted
   */
  receive(signal: AbortSignal): Promise<Buffer>;
  /** The replies that have come so far and that nobody has received. */
  takeWaiting(): Buffer[];
  close(): void;
}

export interface Target {
  readonly address: string;
  readonly port: number;
  /** How long the connection may take to open, in seconds. */
  readonly timeout: number;
  /** What replies are signed with; without it they have checksums. */
  readonly key?: KeyObject | undefined;
}

/** Opens a channel. @throws the system's error, with its code; the signal's reason when aborted */
export type OpenChannel = (target: Target, signal: AbortSignal) => Promise<Channel>;

/** The server ended the connection: `reset` by RST, `closed` in order. */
export class ConnectionLostError extends Error {
  readonly code = 'LAB_CONNECTION_LOST';
  readonly how: 'reset' | 'closed' | 'refused';
  /** What the reason may be, where the server gives none. */
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

/** The replies of a channel, in the order in which they came. */
export class Inbox {
  readonly #replies: Buffer[] = [];
  #lost: ConnectionLostError | undefined;
  #arrival = Promise.withResolvers<void>();

  push(reply: Buffer): void {
    this.#replies.push(reply);
    this.#arrival.resolve();
  }

  /** There will be no more replies than have come. */
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
