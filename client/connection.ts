import type { Channel, OpenChannel, Target } from './channels/channel.ts';
import type { Protocol } from './message-check.ts';
import { explainNetworkError } from './network-error.ts';

/** A connection could not be opened. */
export class ConnectError extends Error {
  readonly code = 'LAB_CONNECT';
  /** Whether another attempt makes sense: a connection was open before, so the server may come back. */
  readonly retryable: boolean;

  constructor(message: string, { retryable, cause }: { retryable: boolean; cause: unknown }) {
    super(message, { cause });
    this.retryable = retryable;
  }
}

export interface ConnectionParts {
  readonly open: OpenChannel;
  readonly say: (line: string) => void;
  readonly interrupted: AbortSignal;
}

/** A channel to the server that is opened again when it is lost. Prints the lines of the reference client. */
export class Connection {
  readonly protocol: Protocol;
  readonly #target: Target;
  readonly #parts: ConnectionParts;
  #channel: Channel | undefined;
  #wasOpen = false;

  constructor(protocol: Protocol, target: Target, parts: ConnectionParts) {
    this.protocol = protocol;
    this.#target = target;
    this.#parts = parts;
  }

  /** @throws ConnectError */
  async open(): Promise<Channel> {
    if (this.#channel?.open) return this.#channel;
    this.drop();
    const { open, say, interrupted } = this.#parts;
    const where = `${this.#target.address}:${this.#target.port}`;
    try {
      this.#channel = await open(this.#target, interrupted);
    } catch (cause) {
      interrupted.throwIfAborted();
      const message = explainNetworkError(cause, where);
      say(`[CLIENT] Connection error: ${message}`);
      throw new ConnectError(message, { retryable: this.#wasOpen, cause });
    }
    this.#wasOpen = true;
    const { tls } = this.#channel;
    say(
      this.protocol === 'tcp'
        ? `[CLIENT] Connected to ${where} via TCP${tls ? `, encrypted by ${tls}` : ''}`
        : `[CLIENT] Ready to send to ${where} via UDP`,
    );
    return this.#channel;
  }

  /** The replies that have arrived and that nobody has read. */
  takeWaiting(): Buffer[] {
    return this.#channel?.takeWaiting() ?? [];
  }

  /** Closes a channel that can't be used any more. The next `open` makes a new one. */
  drop(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  close(): void {
    this.drop();
    if (this.#wasOpen && this.protocol === 'tcp') this.#parts.say('[CLIENT] Connection closed');
  }
}
