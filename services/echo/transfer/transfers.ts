import type { Timer } from '#lib/runtime/timer.ts';
import { printable } from '#lib/text/readable.ts';
import { type Datagram, foreignVersion } from '#lib/transfer/datagram.ts';
import { abortion, TransferError } from '#lib/transfer/end.ts';
import type { Kind } from '#lib/transfer/kinds.ts';
import { decodeOpen, encodeOpen, type OpenParameters } from '#lib/transfer/open.ts';
import type { Receipt } from '#lib/transfer/receipt.ts';
import { ReceivingEnd } from '#lib/transfer/receiving.ts';
import { SendingEnd } from '#lib/transfer/sending.ts';
import type { Peer } from '../peer.ts';
import { type Refusal, TransferGuard, type TransferGuardParts } from './guard.ts';
import { COST_OF_FINISHED, costOf, costOfEcho, costOfSegment, MOST_HELD, segmentsOf } from './memory.ts';
import { TransferNotes, type TransferNotesParts } from './notes.ts';
import { keyOf, openProblem, secondsSince, type Transfer } from './transfer.ts';

/** How often idle transfers are looked for, in ms. */
const LOOK_MS = 1_000;

/** What is not answered, whatever it says: two that answer each other would never end. */
const UNANSWERED: ReadonlySet<Kind> = new Set(['ACK', 'ABORT']);

export interface TransfersParts extends TransferNotesParts, TransferGuardParts {
  /** Sends what is said for a transfer that is known to its client: signed where there is a token. */
  readonly transmit: (datagram: Datagram, peer: Peer) => void;
  /** Sends what is said to anybody else, never signed. */
  readonly transmitUnsigned: (datagram: Datagram, peer: Peer) => void;
  readonly clock: () => number;
  readonly timer: Timer;
  /** A transfer of which nothing is heard for so long ends. */
  readonly idleSeconds: number;
}

/**
 * The transfers of all clients: receives each, and sends it back when it is asked to.
 *
 * Signed is only what a transfer whose OPEN was taken says to the port from which that came; an ABORT once it has failed.
 * Refusals go out unsigned, those of authentic datagrams too, which may be recorded ones: a signature does not say to
 * whom it was given, and with a signed ABORT of an id anybody could end the transfer that has it.
 */
export class Transfers {
  readonly #parts: TransfersParts;
  readonly #notes: TransferNotes;
  readonly #guard: TransferGuard;
  readonly #all = new Map<string, Transfer>();
  #held = 0;
  #forgetLooking: (() => void) | undefined;

  constructor(parts: TransfersParts) {
    this.#parts = parts;
    this.#notes = new TransferNotes(parts);
    this.#guard = new TransferGuard(parts);
  }

  /** Transfers that are known, those included that only wait for a last ack to be asked for again. */
  get size(): number {
    return this.#all.size;
  }

  /** Takes a datagram in that came to the server; undefined is one that was damaged. */
  receive(datagram: Datagram | undefined, bytes: Buffer, peer: Peer): void {
    if (!datagram) {
      this.#refuseVersion(bytes, peer);
      return;
    }
    const refusal = this.#guard.refusal(datagram, bytes);
    if (refusal) this.#refuse(datagram, peer, refusal);
    else this.#take(datagram, peer);
  }

  /**
   * Answers what is not taken. Not in the name of a transfer that is known: anybody may send from its address, and a
   * client that has heard nothing yet takes an answer that is not signed.
   */
  #refuse(datagram: Datagram, peer: Peer, { reason, told = reason }: Refusal): void {
    if (UNANSWERED.has(datagram.kind) || this.#all.has(keyOf(datagram, peer))) return;
    this.#tell(datagram, peer, told);
    if (datagram.kind === 'OPEN') this.#notes.refused({ opened: datagram, peer }, reason);
  }

  #take(datagram: Datagram, peer: Peer): void {
    const key = keyOf(datagram, peer);
    const transfer = this.#all.get(key);
    if (transfer) transfer.lastHeard = this.#parts.clock();
    if (datagram.kind === 'ACK') transfer?.returning?.receive(datagram);
    else if (datagram.kind === 'ABORT') this.#aborted(transfer, datagram);
    else if (transfer) this.#hand(datagram, transfer);
    else if (datagram.kind === 'OPEN') this.#open(key, datagram, peer);
    else {
      const reason = 'it was never opened, has ended long ago, or the server was started again since';
      this.#tell(datagram, peer, `no transfer ${datagram.id} is under way here: ${reason}`);
    }
  }

  /** Ends all of them without a word, as a server does that is killed. */
  close(): void {
    for (const transfer of this.#all.values()) this.#forget(transfer);
  }

  #open(key: string, opened: Datagram, peer: Peer): void {
    const parameters = decodeOpen(opened.payload);
    if (typeof parameters === 'string') {
      this.#refuse(opened, peer, { reason: parameters });
      return;
    }
    const refusal = this.#guard.replay(opened.id, parameters.at) ?? this.#refusal(opened, parameters);
    if (refusal) {
      this.#refuse(opened, peer, refusal);
      return;
    }
    this.#guard.remember(opened.id);
    const now = this.#parts.clock();
    const transfer: Transfer = {
      key,
      peer,
      opened,
      parameters,
      began: now,
      receiving: new ReceivingEnd(
        {
          ...opened,
          onData: (payload) => this.#keep(payload, transfer),
          onClose: (receipt, intact) => this.#received(transfer, receipt, intact),
        },
        { transmit: (datagram) => this.#parts.transmit(datagram, peer) },
      ),
      kept: [],
      returning: undefined,
      held: 0,
      lastHeard: now,
      finished: false,
      failed: undefined,
    };
    this.#all.set(key, transfer);
    this.#hold(transfer, costOf(opened));
    this.#forgetLooking ??= this.#parts.timer(LOOK_MS, () => this.#endIdle());
    this.#notes.print(transfer, `opened: ${opened.mode}, window ${opened.window}, ${parameters.bytes} bytes`);
    transfer.receiving.receive(opened);
  }

  #refusal(opened: Datagram, parameters: OpenParameters): Refusal | undefined {
    const reason = openProblem(opened);
    if (reason !== undefined) return { reason };
    const needed = costOf(opened) + (parameters.echo ? costOfEcho(parameters) : 0);
    if (this.#makesRoom(needed)) return undefined;
    const left = MOST_HELD - this.#held;
    const room = `${left}, of ${MOST_HELD} for all at once`;
    return { reason: `the transfer would take ${needed} bytes of memory; allowed: ${room}` };
  }

  /** Whether there is room for so many octets, if need be in place of transfers that are finished. */
  #makesRoom(octets: number): boolean {
    for (const transfer of this.#all.values()) {
      if (this.#held + octets <= MOST_HELD) return true;
      if (transfer.finished) this.#forget(transfer);
    }
    return this.#held + octets <= MOST_HELD;
  }

  /** An OPEN, DATA or CLOSE of a transfer that is known. */
  #hand(datagram: Datagram, transfer: Transfer): void {
    const { opened, peer, failed } = transfer;
    if (failed !== undefined) {
      this.#abort(transfer, failed);
      return;
    }
    const other = datagram.kind === 'OPEN' && !datagram.payload.equals(opened.payload);
    if (other || datagram.mode !== opened.mode) {
      this.#tell(datagram, peer, `the id ${datagram.id} is that of another transfer of yours`);
      return;
    }
    const { receiving, parameters } = transfer;
    receiving.receive(datagram);
    if (!receiving.closed || transfer.returning || transfer.finished) return;
    if (parameters.echo) this.#return(transfer);
    else this.#finish(transfer);
  }

  #keep(payload: Buffer, transfer: Transfer): void {
    const { parameters, receiving, kept, failed } = transfer;
    const { bytes, segment, echo } = parameters;
    if (failed !== undefined) return;
    const tooMany = echo && kept.length >= segmentsOf(parameters);
    const reason =
      receiving.bytes > bytes || tooMany
        ? `more came than was announced, which is ${bytes} bytes, ${segment} a segment`
        : echo && !this.#makesRoom(costOfSegment(payload.length))
          ? `there is no more room: ${MOST_HELD} bytes of memory are allowed for all transfers at once`
          : undefined;
    if (reason !== undefined) {
      this.#fail(transfer, 'refused', reason);
      this.#abort(transfer, reason);
    } else if (echo) {
      kept.push(payload);
      this.#hold(transfer, costOfSegment(payload.length));
    }
  }

  #received(transfer: Transfer, receipt: Receipt, intact: boolean): void {
    if (transfer.failed !== undefined) return;
    this.#notes.received(transfer, receipt, intact, secondsSince(transfer.began, this.#parts.clock()));
  }

  /** Sends back what came, by the protocol by which it came. */
  async #return(transfer: Transfer): Promise<void> {
    const { opened, peer, parameters, kept } = transfer;
    const { segment, minRto, maxRto, tries } = parameters;
    const { bytes } = transfer.receiving;
    const began = this.#parts.clock();
    const returning = new SendingEnd(
      {
        id: opened.id,
        mode: opened.mode,
        window: opened.window,
        open: encodeOpen({ bytes, segment, echo: false, minRto, maxRto, tries }),
        payloads: kept[Symbol.iterator](),
        rto: { min: minRto, max: maxRto },
        tries,
      },
      { ...this.#parts, transmit: (datagram) => this.#parts.transmit(datagram, peer) },
    );
    transfer.returning = returning;
    returning.start();
    try {
      const receipt = await returning.done;
      this.#notes.returned(transfer, receipt, returning.counts, secondsSince(began, this.#parts.clock()));
      this.#finish(transfer);
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      this.#fail(transfer, error.how, error.message);
      this.#abort(transfer, error.message);
    }
  }

  #aborted(transfer: Transfer | undefined, { payload }: Datagram): void {
    if (!transfer || transfer.finished) return;
    this.#fail(transfer, 'aborted', printable(payload));
  }

  #finish(transfer: Transfer): void {
    transfer.finished = true;
    transfer.kept.length = 0;
    transfer.returning?.stop();
    transfer.returning = undefined;
    this.#hold(transfer, COST_OF_FINISHED - transfer.held);
  }

  #fail(transfer: Transfer, how: string, reason: string): void {
    this.#notes.journal(how, transfer, { reason, bytes: transfer.receiving.bytes });
    this.#notes.print(transfer, `${how}: ${reason}`);
    transfer.failed = reason;
    this.#finish(transfer);
  }

  #forget(transfer: Transfer): void {
    transfer.returning?.stop();
    this.#hold(transfer, -transfer.held);
    this.#all.delete(transfer.key);
    if (this.#all.size > 0) return;
    this.#forgetLooking?.();
    this.#forgetLooking = undefined;
  }

  #endIdle(): void {
    this.#forgetLooking = this.#parts.timer(LOOK_MS, () => this.#endIdle());
    const since = this.#parts.clock() - this.#parts.idleSeconds * 1000;
    for (const transfer of this.#all.values()) {
      if (transfer.lastHeard > since) continue;
      if (!transfer.finished) this.#fail(transfer, 'idle', `nothing came for ${this.#parts.idleSeconds} s`);
      this.#forget(transfer);
    }
  }

  #hold(transfer: Transfer, octets: number): void {
    transfer.held += octets;
    this.#held += octets;
  }

  #refuseVersion(bytes: Buffer, peer: Peer): void {
    const version = foreignVersion(bytes);
    if (version === undefined) return;
    const nobody = { id: '00000000', mode: 'stop-and-wait' } as const;
    this.#tell(nobody, peer, `version ${version} is not spoken here; allowed: 1`);
  }

  /** Tells the client of a transfer that it has failed. */
  #abort({ opened, peer }: Transfer, reason: string): void {
    this.#parts.transmit(abortion(opened, reason), peer);
  }

  /** Tells whoever has sent something why it is not taken. */
  #tell(of: Pick<Datagram, 'id' | 'mode'>, peer: Peer, reason: string): void {
    this.#parts.transmitUnsigned(abortion(of, reason), peer);
  }
}
