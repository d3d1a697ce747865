import { type Datagram, foreignVersion } from '#lib/transfer/datagram.ts';
import { abortOf } from '#lib/transfer/end.ts';
import type { Kind } from '#lib/transfer/kinds.ts';
import { largestWindow } from '#lib/transfer/modes.ts';
import { decodeOpen, type OpenParameters } from '#lib/transfer/open.ts';
import type { Peer } from '../peer.ts';
import { type Refusal, TransferGuard, type TransferGuardParts } from './guard.ts';
import { costOf, costOfEcho, Memory, MOST_HELD } from './memory.ts';
import { TransferNotes, type TransferNotesParts } from './notes.ts';
import { Transfer, type TransferParts } from './transfer.ts';

/** Time between two checks for idle transfers, in ms. */
const CHECK_MS = 1_000;

/** Kinds that the server never answers: two programs that answer each other would never end. */
const UNANSWERED: ReadonlySet<Kind> = new Set(['ACK', 'ABORT']);

export interface TransfersParts
  extends TransferNotesParts,
    TransferGuardParts,
    Omit<TransferParts, 'notes' | 'memory'> {
  /** A transfer without a datagram from its client for this time ends. */
  readonly idleSeconds: number;
}

/**
 * The transfers of all clients: accepts new ones, and gives each its datagrams.
 *
 * The server signs the datagrams of an accepted transfer, an ABORT after its failure included. They go to the port that
 * sent the OPEN.
 *
 * A refusal is not signed, even when the refused datagram has a valid signature: that datagram can be a recording. A
 * signature does not name a receiver. With a signed ABORT, anybody could end the transfer that has this id.
 */
export class Transfers {
  readonly #parts: TransfersParts;
  readonly #notes: TransferNotes;
  readonly #guard: TransferGuard;
  readonly #all = new Map<string, Transfer>();
  readonly #memory = new Memory(() => this.#removals());
  readonly #transferParts: TransferParts;
  #stopChecking: (() => void) | undefined;

  constructor(parts: TransfersParts) {
    this.#parts = parts;
    this.#notes = new TransferNotes(parts);
    this.#guard = new TransferGuard(parts);
    this.#transferParts = { ...parts, notes: this.#notes, memory: this.#memory };
  }

  /** Transfers in memory. Some are over, and only acknowledge the last segments again. */
  get size(): number {
    return this.#all.size;
  }

  /** Takes a datagram that arrived. `datagram` is undefined when it was damaged. */
  receive(datagram: Datagram | undefined, bytes: Buffer, peer: Peer): void {
    if (!datagram) {
      this.#refuseVersion(bytes, peer);
      return;
    }
    const refusal = this.#guard.refusal(datagram, bytes);
    if (refusal) this.#refuse(datagram, peer, refusal);
    else this.#take(datagram, peer);
  }

  /** Ends all transfers without telling their clients, like a server that is killed. */
  close(): void {
    for (const key of this.#all.keys()) this.#forget(key);
  }

  #take(datagram: Datagram, peer: Peer): void {
    const transfer = this.#all.get(keyOf(datagram, peer));
    if (transfer) transfer.receive(datagram);
    else if (datagram.kind === 'OPEN') this.#open(datagram, peer);
    else if (!UNANSWERED.has(datagram.kind)) {
      const reason = 'it was never opened, ended long ago, or the server has restarted since';
      this.#tell(datagram, peer, `the server has no transfer ${datagram.id}: ${reason}`);
    }
  }

  /**
   * Answers a refused datagram, unless it has the id of a known transfer. Anybody can send a datagram from the client's
   * address, and a client accepts an unsigned ABORT before it gets a signed datagram.
   */
  #refuse(datagram: Datagram, peer: Peer, { reason, sent = reason }: Refusal): void {
    if (UNANSWERED.has(datagram.kind) || this.#all.has(keyOf(datagram, peer))) return;
    this.#tell(datagram, peer, sent);
    if (datagram.kind === 'OPEN') this.#notes.refused({ opened: datagram, peer }, reason);
  }

  #refuseVersion(bytes: Buffer, peer: Peer): void {
    const version = foreignVersion(bytes);
    if (version === undefined) return;
    const nobody = { id: '00000000', mode: 'stop-and-wait' } as const;
    this.#tell(nobody, peer, `this server does not know version ${version}; allowed: 1`);
  }

  #open(opened: Datagram, peer: Peer): void {
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
    const transfer = new Transfer(opened, parameters, peer, this.#transferParts);
    this.#all.set(keyOf(opened, peer), transfer);
    this.#stopChecking ??= this.#parts.timer(CHECK_MS, () => this.#endIdle());
    transfer.receive(opened);
  }

  #refusal(opened: Datagram, parameters: OpenParameters): Refusal | undefined {
    const reason = openProblem(opened);
    if (reason !== undefined) return { reason };
    const needed = costOf(opened) + (parameters.echo ? costOfEcho(parameters) : 0);
    if (this.#memory.makesRoom(needed)) return undefined;
    const room = `${this.#memory.left} of the ${MOST_HELD} for all transfers`;
    return { reason: `the transfer would take ${needed} bytes of memory; allowed: ${room}` };
  }

  *#removals(): Generator<() => void> {
    for (const [key, transfer] of this.#all) if (transfer.isOver) yield () => this.#forget(key);
  }

  #endIdle(): void {
    const { timer, clock, idleSeconds } = this.#parts;
    this.#stopChecking = timer(CHECK_MS, () => this.#endIdle());
    const since = clock() - idleSeconds * 1000;
    for (const [key, transfer] of this.#all) {
      if (transfer.lastHeard > since) continue;
      transfer.idle(idleSeconds);
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#all.get(key)?.forget();
    this.#all.delete(key);
    if (this.#all.size > 0) return;
    this.#stopChecking?.();
    this.#stopChecking = undefined;
  }

  /** Answers a datagram with the reason why it is not accepted. */
  #tell(of: Pick<Datagram, 'id' | 'mode'>, peer: Peer, reason: string): void {
    this.#parts.transmitUnsigned(abortOf(of, reason), peer);
  }
}

/** A key for the transfer of a datagram: client address, port and id. */
function keyOf({ id }: Datagram, { address, port }: Peer): string {
  return `${address}:${port}/${id}`;
}

/** The problem in the header of an OPEN, if there is one. */
function openProblem({ mode, window, sequence }: Datagram): string | undefined {
  const most = largestWindow(mode);
  if (window < 1 || window > most) return `the window is ${window}; allowed for ${mode}: 1 to ${most}`;
  return sequence === 0 ? undefined : `an OPEN has the number ${sequence}; allowed: 0`;
}
