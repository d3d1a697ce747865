import type { Timer } from '#lib/runtime/timer.ts';
import { printable } from '#lib/text/readable.ts';
import type { Datagram } from '#lib/transfer/datagram.ts';
import { abortOf, TransferError } from '#lib/transfer/end.ts';
import { encodeOpen, type OpenParameters } from '#lib/transfer/open.ts';
import type { Receipt } from '#lib/transfer/receipt.ts';
import { ReceivingEnd } from '#lib/transfer/receiving.ts';
import { SendingEnd } from '#lib/transfer/sending.ts';
import type { Peer } from '../peer.ts';
import { COST_OF_FINISHED, costOf, costOfSegment, type Memory, MOST_HELD, segmentsOf } from './memory.ts';
import type { TransferNotes, TransferResult } from './notes.ts';

export interface TransferParts {
  /** Sends a datagram of a transfer, signed when there is a token. */
  readonly transmit: (datagram: Datagram, peer: Peer) => void;
  /** Sends any other datagram, without a signature. */
  readonly transmitUnsigned: (datagram: Datagram, peer: Peer) => void;
  readonly clock: () => number;
  readonly timer: Timer;
  readonly notes: TransferNotes;
  readonly memory: Memory;
}

/**
 * One transfer of one client. It is `receiving` until everything has arrived. With echo it is then `returning`. When it
 * is `finished`, it only acknowledges segments again. When it has `failed`, it answers the client with the reason.
 */
export class Transfer {
  readonly opened: Datagram;
  readonly peer: Peer;
  /** When the last datagram of the client arrived, in ms of the clock. */
  lastHeard: number;
  readonly #parameters: OpenParameters;
  readonly #parts: TransferParts;
  readonly #began: number;
  readonly #receiving: ReceivingEnd;
  /** The received payloads that will be sent back. */
  readonly #kept: Buffer[] = [];
  #returning: SendingEnd | undefined;
  #state: 'receiving' | 'returning' | 'finished' | 'failed' = 'receiving';
  /** Why the transfer failed. */
  #failure = '';
  /** Memory of this transfer, in bytes. */
  #held = 0;

  constructor(opened: Datagram, parameters: OpenParameters, peer: Peer, parts: TransferParts) {
    this.opened = opened;
    this.peer = peer;
    this.#parameters = parameters;
    this.#parts = parts;
    this.#began = parts.clock();
    this.lastHeard = this.#began;
    this.#receiving = new ReceivingEnd(
      {
        ...opened,
        onData: (payload) => this.#keep(payload),
        onClose: (receipt, intact) => this.#received(receipt, intact),
      },
      { transmit: (datagram) => this.#transmit(datagram) },
    );
    this.#hold(costOf(opened));
    parts.notes.print(this, `opened: ${opened.mode}, window ${opened.window}, ${parameters.bytes} bytes`);
  }

  /** Whether the transfer is over, so that its memory may be used for another one. */
  get isOver(): boolean {
    return this.#state === 'finished' || this.#state === 'failed';
  }

  receive(datagram: Datagram): void {
    this.lastHeard = this.#parts.clock();
    if (datagram.kind === 'ACK') this.#returning?.receive(datagram);
    else if (datagram.kind === 'ABORT') this.#fail('aborted', printable(datagram.payload));
    else if (this.#state === 'failed') this.#abort();
    else if (this.#isOwn(datagram)) this.#take(datagram);
    else {
      const reason = `the id ${datagram.id} belongs to another transfer of this client`;
      this.#parts.transmitUnsigned(abortOf(datagram, reason), this.peer);
    }
  }

  /** Fails because no datagram arrived for a number of seconds, unless the transfer is over. */
  idle(seconds: number): void {
    this.#fail('idle', `no datagram arrived for ${seconds} s`);
  }

  /** Frees its memory, and ends without telling the client. */
  forget(): void {
    this.#returning?.stop();
    this.#hold(-this.#held);
  }

  #isOwn({ kind, mode, payload }: Datagram): boolean {
    return mode === this.opened.mode && (kind !== 'OPEN' || payload.equals(this.opened.payload));
  }

  #take(datagram: Datagram): void {
    this.#receiving.receive(datagram);
    if (!this.#receiving.closed || this.#state !== 'receiving') return;
    if (this.#parameters.echo) this.#return();
    else this.#end('finished');
  }

  #keep(payload: Buffer): void {
    if (this.#state === 'failed') return;
    const reason = this.#tooMuch(payload);
    if (reason !== undefined) {
      this.#fail('refused', reason);
      this.#abort();
    } else if (this.#parameters.echo) {
      this.#kept.push(payload);
      this.#hold(costOfSegment(payload.length));
    }
  }

  #tooMuch({ length }: Buffer): string | undefined {
    const { bytes, segment, echo } = this.#parameters;
    const tooMany = echo && this.#kept.length >= segmentsOf(this.#parameters);
    if (this.#receiving.bytes > bytes || tooMany) {
      return `more data arrived than the OPEN announced: ${bytes} bytes, ${segment} in a segment`;
    }
    if (!echo || this.#parts.memory.makesRoom(costOfSegment(length))) return undefined;
    return `no memory is left: all transfers together may use ${MOST_HELD} bytes`;
  }

  #received(receipt: Receipt, intact: boolean): void {
    if (this.#state === 'failed') return;
    this.#parts.notes.received(this, receipt, intact, this.#secondsSince(this.#began));
  }

  /** Sends the received data back, by the same protocol. */
  async #return(): Promise<void> {
    const began = this.#parts.clock();
    const returning = this.#createReturning();
    this.#returning = returning;
    this.#state = 'returning';
    returning.start();
    try {
      const receipt = await returning.done;
      this.#parts.notes.returned(this, receipt, returning.counts, this.#secondsSince(began));
      this.#end('finished');
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      this.#fail(error.how, error.message);
      this.#abort();
    }
  }

  #createReturning(): SendingEnd {
    const { id, mode, window } = this.opened;
    const { segment, minRto, maxRto, tries } = this.#parameters;
    const open = { bytes: this.#receiving.bytes, segment, echo: false, minRto, maxRto, tries };
    const rto = { min: minRto, max: maxRto };
    return new SendingEnd(
      { id, mode, window, rto, tries, open: encodeOpen(open), payloads: this.#kept[Symbol.iterator]() },
      { ...this.#parts, transmit: (datagram) => this.#transmit(datagram) },
    );
  }

  #fail(how: TransferResult['state'], reason: string): void {
    if (this.isOver) return;
    this.#parts.notes.failed(this, how, { reason, bytes: this.#receiving.bytes });
    this.#failure = reason;
    this.#end('failed');
  }

  #end(state: 'finished' | 'failed'): void {
    this.#state = state;
    this.#kept.length = 0;
    this.#returning?.stop();
    this.#returning = undefined;
    this.#hold(COST_OF_FINISHED - this.#held);
  }

  /** Tells the client that the transfer has failed. */
  #abort(): void {
    this.#transmit(abortOf(this.opened, this.#failure));
  }

  #transmit(datagram: Datagram): void {
    this.#parts.transmit(datagram, this.peer);
  }

  #hold(bytes: number): void {
    this.#held += bytes;
    this.#parts.memory.hold(bytes);
  }

  #secondsSince(began: number): number {
    return Math.round(this.#parts.clock() - began) / 1000;
  }
}
