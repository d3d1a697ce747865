import { type Datagram, SPACE } from './datagram.ts';
import { Digest } from './digest.ts';
import type { EndParts, TransferKey } from './end.ts';
import type { SegmentKind } from './kinds.ts';
import type { Mode, ReceiverState, Segment } from './machine.ts';
import { modes } from './modes.ts';
import { agree, decodeReceipt, encodeReceipt, type Receipt } from './receipt.ts';
import { firstReceiverState } from './receiver.ts';

export interface Receiving extends TransferKey {
  /** Gets the payload of each DATA: each once, in order. */
  readonly onData: (payload: Buffer) => void;
  /** Everything has arrived. `intact`: the received bytes are those that the CLOSE names. */
  readonly onClose: (receipt: Receipt, intact: boolean) => void;
}

const NOTHING = Buffer.alloc(0);

/**
 * One direction of a transfer, on the receiving side. It runs the receiver of a protocol, and never stops
 * acknowledging.
 */
export class ReceivingEnd {
  readonly #receiving: Receiving;
  readonly #parts: Pick<EndParts, 'transmit'>;
  readonly #mode: Mode;
  readonly #digest = new Digest();
  readonly #dropped = { duplicate: 0, 'out-of-order': 0, foreign: 0 };
  #state: ReceiverState;
  /** The receipt in the ACK of the CLOSE, and its number. */
  #last: { readonly number: number; readonly receipt: Buffer } | undefined;

  constructor(receiving: Receiving, parts: Pick<EndParts, 'transmit'>) {
    this.#receiving = receiving;
    this.#parts = parts;
    this.#mode = modes[receiving.mode];
    this.#state = firstReceiverState({ window: receiving.window, space: SPACE });
  }

  /** Bytes that were delivered. */
  get bytes(): number {
    return this.#digest.bytes;
  }

  get closed(): boolean {
    return this.#last !== undefined;
  }

  /** Takes an OPEN, a DATA or a CLOSE. */
  receive({ kind, sequence, payload }: Datagram): void {
    const segment = { kind: kind as SegmentKind, payload };
    const [state, actions] = this.#mode.receive(this.#state, { number: sequence, segment });
    // Nothing may follow a CLOSE.
    if (this.#last && state !== this.#state) return;
    let { base } = this.#state;
    this.#state = state;
    for (const action of actions) {
      if (action.do === 'drop') this.#dropped[action.why] += 1;
      else if (action.do === 'ack') this.#ack(action.number);
      else {
        if (!this.#last) this.#deliver(action.segment, base % SPACE);
        base += 1;
      }
    }
  }

  #deliver({ kind, payload }: Segment, number: number): void {
    if (kind === 'DATA') {
      this.#digest.add(payload);
      this.#receiving.onData(payload);
    } else if (kind === 'CLOSE') {
      this.#close(payload, number);
    }
  }

  #close(payload: Buffer, number: number): void {
    const receipt: Receipt = {
      bytes: this.#digest.bytes,
      sha256: this.#digest.hex(),
      duplicates: this.#dropped.duplicate,
      outOfOrder: this.#dropped['out-of-order'],
    };
    const sent = decodeReceipt(payload);
    this.#last = { number, receipt: encodeReceipt(receipt) };
    this.#state = { ...this.#state, waiting: new Map() };
    this.#receiving.onClose(receipt, sent !== undefined && agree(sent, receipt));
  }

  #ack(number: number): void {
    const { id, mode, window } = this.#receiving;
    const payload = this.#last?.number === number ? this.#last.receipt : NOTHING;
    this.#parts.transmit({ kind: 'ACK', id, mode, sequence: 0, ack: number, window, payload });
  }
}
