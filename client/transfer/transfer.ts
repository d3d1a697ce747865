import { createSocket, type Socket } from 'node:dgram';
import { HMAC_BYTES, hmacKey } from '#lib/message/hmac.ts';
import { Outbox } from '#lib/runtime/outbox.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import { printable } from '#lib/text/readable.ts';
import {
  type Datagram,
  decodeDatagram,
  encodeDatagram,
  RECEIVE_BUFFER,
  type Signature,
} from '#lib/transfer/datagram.ts';
import { abortOf, TransferError, type TransferKey } from '#lib/transfer/end.ts';
import { encodeOpen } from '#lib/transfer/open.ts';
import type { Receipt } from '#lib/transfer/receipt.ts';
import { ReceivingEnd } from '#lib/transfer/receiving.ts';
import type { RtoLimits } from '#lib/transfer/rto.ts';
import { SendingEnd } from '#lib/transfer/sending.ts';
import { opened } from '../channels/opened.ts';
import { explainNetworkError } from '../network-error.ts';
import type { Payloads } from './payloads.ts';
import { ServerProof } from './proof.ts';
import { Silence } from './silence.ts';

export interface TransferOptions extends TransferKey {
  readonly address: string;
  readonly port: number;
  /** Whether the server sends the received data back. */
  readonly echo: boolean;
  /** Bytes in each segment except the last. */
  readonly segment: number;
  readonly rto: RtoLimits;
  /** Timeouts of one segment after which the client gives up. */
  readonly tries: number;
  /**
   * The token that signs datagrams. The client then accepts only signed ones. Without one, or with an empty one, none
   * are.
   */
  readonly token?: string | undefined;
}

export interface TransferParts {
  readonly clock: () => number;
  /** The time of day. By it, a server with a token recognizes a replayed OPEN. */
  readonly now: () => Date;
  readonly timer: Timer;
  /** Ends the transfer. */
  readonly interrupted: AbortSignal;
  readonly onMeasured: (milliseconds: number) => void;
}

/** How long the name of the server may take to look up, in seconds. */
const OPEN_SECONDS = 10;
/**
 * How long the client waits for retransmissions of the server after the end: 8 longest timeouts, within these bounds in
 * ms.
 */
const LAST_ACKS = 8;
const LINGER = { min: 500, max: 3_000 };

/** The probable cause when no datagram arrives. */
const FAULTS =
  'the faults of the echo server may have hit every try (make faults shows them), or it is in sink mode (ECHO_MODE=sink)';

/** A transfer to the server, and back with `echo`, over a socket of its own. */
export class ClientTransfer {
  readonly sending: SendingEnd;
  /**
   * The receiver's receipt, when everything has arrived. @throws TransferError; the signal's reason when interrupted
   */
  readonly sent: Promise<Receipt>;
  /** The receipt of the returned data; undefined without `echo`. @throws like `sent` */
  readonly returned: Promise<Receipt> | undefined;
  readonly #options: TransferOptions;
  readonly #interrupted: AbortSignal;
  readonly #socket: Socket;
  readonly #signature: Signature | undefined;
  readonly #outbox = new Outbox<Datagram>((datagram) => this.#send(datagram));
  readonly #receiving: ReceivingEnd;
  readonly #proof: ServerProof;
  readonly #silence: Silence;
  readonly #failed = Promise.withResolvers<never>();
  readonly #back = Promise.withResolvers<Receipt>();
  readonly #interrupt = () => this.#failed.reject(this.#interrupted.reason);
  /** The system's last error, when no datagram has arrived since. */
  #refused: unknown;
  #damaged = 0;
  #open = true;

  /** Opens a transfer. @throws the system's error when the server's address can't be found */
  static async open(
    options: TransferOptions,
    payloads: Payloads,
    parts: TransferParts,
  ): Promise<ClientTransfer> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER });
    socket.connect(options.port, options.address);
    await opened(socket, 'connect', { timeout: OPEN_SECONDS, signal: parts.interrupted });
    return new ClientTransfer(socket, options, payloads, parts);
  }

  private constructor(socket: Socket, options: TransferOptions, payloads: Payloads, parts: TransferParts) {
    const key = hmacKey(options.token);
    this.#socket = socket;
    this.#options = options;
    this.#interrupted = parts.interrupted;
    this.#signature = key && { key, side: 'C' };
    this.#proof = new ServerProof(key);
    this.#silence = new Silence(parts);
    this.sending = this.#createSending(payloads, parts);
    this.#receiving = this.#createReceiving();
    for (const { promise } of [this.#failed, this.#back]) promise.catch(() => undefined);

    socket
      .on('message', (bytes) => this.#receive(bytes))
      // No program listens on the port. That may change: the server may restart.
      .on('error', (error) => {
        this.#refused = error;
      });
    this.#interrupted.addEventListener('abort', this.#interrupt);
    this.sending.start();

    this.sent = this.#orFailed(this.sending.done);
    this.returned = options.echo ? this.sent.then(() => this.#comesBack()) : undefined;
    // The caller may never await this one, when the first one fails.
    this.returned?.catch(() => undefined);
  }

  /** Bytes that have come back so far. */
  get bytesBack(): number {
    return this.#receiving.bytes;
  }

  /** Damaged datagrams that arrived. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Acknowledges segments as long as the server may miss an ACK, then closes the socket. */
  async close(): Promise<void> {
    if (this.#receiving.closed && !this.#interrupted.aborted) await this.#linger();
    this.#interrupted.removeEventListener('abort', this.#interrupt);
    this.sending.stop();
    this.#outbox.flush();
    this.#open = false;
    // The last datagram must be sent first.
    setImmediate(() => this.#socket.close());
  }

  #createSending(payloads: Payloads, { clock, now, timer, onMeasured }: TransferParts): SendingEnd {
    const { id, mode, window, echo, segment, rto, tries } = this.#options;
    const at = this.#signature && now().getTime();
    const asked = { bytes: payloads.bytes, segment, echo, minRto: rto.min, maxRto: rto.max, tries, at };
    const hmacBytes = this.#signature && HMAC_BYTES;
    return new SendingEnd(
      { id, mode, window, payloads, rto, tries, open: encodeOpen(asked), hmacBytes, onMeasured },
      { transmit: (datagram) => this.#outbox.put(datagram), clock, timer },
    );
  }

  #createReceiving(): ReceivingEnd {
    const { id, mode, window } = this.#options;
    return new ReceivingEnd(
      {
        ...{ id, mode, window },
        onData: () => undefined,
        onClose: (receipt, intact) => {
          if (intact) this.#back.resolve(receipt);
          else
            this.#back.reject(
              new TransferError('altered', 'the returned bytes are not those that the server sent'),
            );
        },
      },
      { transmit: (datagram) => this.#outbox.put(datagram) },
    );
  }

  #send(datagram: Datagram): void {
    if (this.#open) this.#socket.send(encodeDatagram(datagram, this.#signature));
  }

  #receive(bytes: Buffer): void {
    const datagram = decodeDatagram(bytes);
    if (!datagram) this.#damaged += 1;
    if (!datagram || !this.#isOwn(datagram)) return;
    if (!this.#proof.isSigned(datagram, bytes)) {
      const { refusal } = this.#proof;
      if (refusal !== undefined) this.#failed.reject(new TransferError('aborted', refusal));
      return;
    }
    this.#silence.break();
    this.#refused = undefined;
    if (datagram.kind === 'ACK') this.sending.receive(datagram);
    else if (datagram.kind === 'ABORT')
      this.#failed.reject(new TransferError('aborted', printable(datagram.payload)));
    else if (this.#options.echo) this.#receiving.receive(datagram);
  }

  #isOwn({ id, mode, kind }: Datagram): boolean {
    // A server of another version can't read the id.
    if (kind === 'ABORT' && id === '00000000' && !this.sending.opened) return true;
    return id === this.#options.id && mode === this.#options.mode;
  }

  #comesBack(): Promise<Receipt> {
    const most = this.#options.tries * this.#options.rto.max;
    const cancel = this.#silence.whenItLasts(most, () =>
      this.#failed.reject(new TransferError('silent', `no datagram came back for ${most / 1000} s`)),
    );
    return this.#orFailed(this.#back.promise).finally(cancel);
  }

  /**
   * The result of one direction. When it fails, the client tells the server, unless the server ended the transfer
   * itself.
   */
  async #orFailed(ended: Promise<Receipt>): Promise<Receipt> {
    try {
      return await Promise.race([ended, this.#failed.promise]);
    } catch (error) {
      this.sending.stop();
      const isKnown = error instanceof TransferError && error.how === 'aborted';
      const reason = this.#interrupted.aborted ? 'the client was interrupted' : (error as Error).message;
      if (!isKnown) this.#outbox.put(abortOf(this.#options, reason));
      if (!(error instanceof TransferError) || error.how !== 'silent') throw error;
      throw new TransferError('silent', [error.message, ...this.#causesOfSilence()].join('; '));
    }
  }

  #causesOfSilence(): string[] {
    const { address, port } = this.#options;
    const refused = this.#refused ? [explainNetworkError(this.#refused, `${address}:${port}`)] : [];
    const causes = [...refused, ...this.#proof.remarks];
    if (causes.length > 0) return causes;
    return [this.#silence.isBroken ? FAULTS : `no datagram came back: ${FAULTS}`];
  }

  async #linger(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const linger = Math.min(LINGER.max, Math.max(LINGER.min, LAST_ACKS * this.#options.rto.max));
    const cancel = this.#silence.whenItLasts(linger, resolve);
    this.#interrupted.addEventListener('abort', () => resolve());
    await promise;
    cancel();
  }
}
