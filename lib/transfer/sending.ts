import { printable } from '#lib/text/readable.ts';
import { type Datagram, HEADER_BYTES, SPACE } from './datagram.ts';
import { Digest } from './digest.ts';
import { type EndParts, TransferError, type TransferKey } from './end.ts';
import type { Cause, Mode, Segment, SenderAction, SenderEvent, SenderState } from './machine.ts';
import { modes } from './modes.ts';
import { agree, decodeReceipt, encodeReceipt, type Receipt } from './receipt.ts';
import type { RtoLimits } from './rto.ts';
import { firstSenderState, hasRoom } from './sender.ts';

export interface Sending extends TransferKey {
  /** The payload of the OPEN. */
  readonly open: Buffer;
  /** The payloads of the DATA, in order. The next one is read when there is room for it. */
  readonly payloads: Iterator<Buffer>;
  readonly rto: RtoLimits;
  /** Timeouts of one segment after which the sender gives up. */
  readonly tries: number;
  /** Bytes of the HMAC of each datagram, when it has one. They count as sent too. */
  readonly hmacBytes?: number;
  /** Gets each measured round trip, in ms. */
  readonly onMeasured?: (milliseconds: number) => void;
}

/** What was sent so far. */
export interface SendingCounts {
  /** Bytes of all datagrams, headers and HMACs included. */
  readonly bytes: number;
  readonly datagrams: Readonly<Record<Cause, number>>;
  /** ACKs for no segment on the way. `duplicate`: for one that was acknowledged before. Otherwise `foreign`. */
  readonly acks: { readonly duplicate: number; readonly foreign: number };
  /** Bytes of the application up to the first one that is not acknowledged. */
  readonly arrived: number;
}

/** Datagrams that were sent once more. */
export function retransmissions({ datagrams }: SendingCounts): number {
  return datagrams.timeout + datagrams['go-back'];
}

/** One direction of a transfer, on the sending side. It runs the sender of a protocol until everything has arrived. */
export class SendingEnd {
  /** Resolves with the receiver's result. @throws TransferError, or the error of `payloads` */
  readonly done: Promise<Receipt>;
  readonly #done = Promise.withResolvers<Receipt>();
  readonly #parts: EndParts;
  readonly #sending: Sending;
  readonly #mode: Mode;
  readonly #digest = new Digest();
  readonly #datagrams: Record<Cause, number> = { first: 0, timeout: 0, 'go-back': 0 };
  readonly #acks = { duplicate: 0, foreign: 0 };
  #bytes = 0;
  #arrived = 0;
  #state: SenderState;
  /** The next payload of the application, which is not sent yet. */
  #ahead: IteratorResult<Buffer> | undefined;
  #own: Receipt | undefined;
  #theirs: Receipt | undefined;
  #ended = false;
  #ringsAt: number | undefined;
  #silence: () => void = () => undefined;

  constructor(sending: Sending, parts: EndParts) {
    this.#parts = parts;
    this.#sending = sending;
    this.#mode = modes[sending.mode];
    const { window, rto, tries } = sending;
    this.#state = firstSenderState({ window, space: SPACE, rto, tries });
    this.done = this.#done.promise;
    this.done.catch(() => undefined);
  }

  get counts(): SendingCounts {
    return { bytes: this.#bytes, datagrams: this.#datagrams, acks: this.#acks, arrived: this.#arrived };
  }

  /** The smoothed round-trip time, undefined before the first measurement, and the current timeout, in ms. */
  get timing(): { readonly rtt: number | undefined; readonly rto: number } {
    const { smoothed, timeout } = this.#state.rto;
    return { rtt: smoothed?.time, rto: timeout };
  }

  /** Whether the OPEN is acknowledged. */
  get opened(): boolean {
    return this.#state.base > 0;
  }

  /** Segments that may be on the way now. */
  get window(): number {
    return this.#state.window;
  }

  start(): void {
    this.#step({
      on: 'offer',
      now: this.#parts.clock(),
      segment: { kind: 'OPEN', payload: this.#sending.open },
    });
    this.#arm();
  }

  /** Takes an ACK or an ABORT. */
  receive({ kind, ack, window, payload }: Datagram): void {
    if (this.#ended) return;
    if (kind === 'ABORT') {
      this.#end(new TransferError('aborted', printable(payload)));
      return;
    }
    if (payload.length > 0) this.#theirs = decodeReceipt(payload);
    this.#step({ on: 'ack', now: this.#parts.clock(), number: ack, window });
    this.#pump();
    this.#arm();
  }

  /** Ends the transfer without telling the other side. */
  stop(): void {
    this.#ended = true;
    this.#silence();
  }

  #pump(): void {
    while (!this.#ended && !this.#own && hasRoom(this.#state)) {
      const segment = this.#next();
      if (!segment) return;
      this.#step({ on: 'offer', now: this.#parts.clock(), segment });
    }
  }

  /** The CLOSE is sent alone: its ACK can only have the result when everything before it has arrived. */
  #next(): Segment | undefined {
    try {
      this.#ahead ??= this.#sending.payloads.next();
    } catch (error) {
      this.#end(error);
      return undefined;
    }
    const { value, done } = this.#ahead;
    if (done) return this.#state.sent.length === 0 ? this.#close() : undefined;
    this.#ahead = undefined;
    this.#digest.add(value);
    return { kind: 'DATA', payload: value };
  }

  #close(): Segment {
    this.#own = {
      bytes: this.#digest.bytes,
      sha256: this.#digest.hex(),
      duplicates: 0,
      outOfOrder: 0,
    };
    return { kind: 'CLOSE', payload: encodeReceipt(this.#own) };
  }

  #step(event: SenderEvent): void {
    const [state, actions] = this.#mode.send(this.#state, event);
    this.#state = state;
    for (const action of actions) this.#carryOut(action);
  }

  #carryOut(action: SenderAction): void {
    switch (action.do) {
      case 'send': {
        const { number, segment, cause } = action;
        const { id, mode, window, hmacBytes = 0 } = this.#sending;
        const asked = segment.kind === 'OPEN' ? window : 0;
        this.#datagrams[cause] += 1;
        this.#bytes += HEADER_BYTES + segment.payload.length + hmacBytes;
        this.#parts.transmit({ ...segment, id, mode, sequence: number, ack: 0, window: asked });
        break;
      }
      case 'arrived': {
        const { kind, payload } = action.segment;
        if (kind === 'DATA') this.#arrived += payload.length;
        if (kind === 'CLOSE') this.#compare();
        break;
      }
      case 'measured':
        this.#sending.onMeasured?.(action.milliseconds);
        break;
      case 'ignored':
        this.#acks[action.ack] += 1;
        break;
      case 'give-up':
        this.#end(
          new TransferError(
            'silent',
            `segment ${action.number} timed out ${action.tries} times and was never acknowledged`,
          ),
        );
    }
  }

  #compare(): void {
    if (this.#theirs && this.#own && agree(this.#theirs, this.#own)) {
      this.stop();
      this.#done.resolve(this.#theirs);
      return;
    }
    const their = this.#theirs ? `${this.#theirs.bytes} bytes, SHA-256 ${this.#theirs.sha256}` : 'no receipt';
    const own = `${this.#own?.bytes} bytes, SHA-256 ${this.#own?.sha256}`;
    this.#end(
      new TransferError(
        'altered',
        `the received bytes are not the sent bytes: received ${their}; sent ${own}`,
      ),
    );
  }

  #end(error: unknown): void {
    this.stop();
    this.#done.reject(error);
  }

  /** Sets the timer to the machine's alarm. A timer that rings too early is then set again. */
  #arm(): void {
    const { alarm } = this.#state;
    if (this.#ended || alarm === undefined) return;
    if (this.#ringsAt !== undefined && this.#ringsAt <= alarm) return;
    this.#silence();
    this.#ringsAt = alarm;
    this.#silence = this.#parts.timer(Math.max(0, alarm - this.#parts.clock()), () => this.#ring());
  }

  #ring(): void {
    this.#ringsAt = undefined;
    const now = this.#parts.clock();
    if (this.#state.alarm !== undefined && this.#state.alarm <= now) this.#step({ on: 'timeout', now });
    this.#arm();
  }
}
