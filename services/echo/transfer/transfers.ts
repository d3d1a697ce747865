import { type Datagram, foreignVersion } from '#lib/transfer/datagram.ts';
import { abortion } from '#lib/transfer/end.ts';
import type { Kind } from '#lib/transfer/kinds.ts';
import { largestWindow } from '#lib/transfer/modes.ts';
import { decodeOpen, type OpenParameters } from '#lib/transfer/open.ts';
import type { Peer } from '../peer.ts';
import { type Refusal, TransferGuard, type TransferGuardParts } from './guard.ts';
import { costOf, costOfEcho, Memory, MOST_HELD } from './memory.ts';
import { TransferNotes, type TransferNotesParts } from './notes.ts';
import { Transfer, type TransferParts } from './transfer.ts';

/** How often idle transfers are looked for, in ms. */
const LOOK_MS = 1_000;

/** What is not answered, whatever it says: two that answer each other would never end. */
const UNANSWERED: ReadonlySet<Kind> = new Set(['ACK', 'ABORT']);

export interface TransfersParts
  extends TransferNotesParts,
    TransferGuardParts,
    Omit<TransferParts, 'notes' | 'memory'> {
  /** A transfer of which nothing is heard for so long ends. */
  readonly idleSeconds: number;
}

/**
 * The transfers of all clients: takes them in, and hands each its datagrams.
 *
 * Only what a transfer says to the port from which its OPEN came is signed, an ABORT after it has failed included.
 * Refusals go out unsigned, those of authentic datagrams too, which may be recorded ones: a signature does not say to
 * whom it was given, and with a signed ABORT of an id anybody could end the transfer that has it.
 */
export class Transfers {
  readonly #parts: TransfersParts;
  readonly #notes: TransferNotes;
  readonly #guard: TransferGuard;
  readonly #all = new Map<string, Transfer>();
  readonly #memory = new Memory(() => this.#removals());
  readonly #transferParts: TransferParts;
  #stopLooking: (() => void) | undefined;

  constructor(parts: TransfersParts) {
    this.#parts = parts;
    this.#notes = new TransferNotes(parts);
    this.#guard = new TransferGuard(parts);
    this.#transferParts = { ...parts, notes: this.#notes, memory: this.#memory };
  }

  /** Transfers that are known, those included that only wait for a last ACK to be asked for again. */
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

  /** Ends all of them without a word, as a server does that is killed. */
  close(): void {
    for (const key of this.#all.keys()) this.#forget(key);
  }

  #take(datagram: Datagram, peer: Peer): void {
    const transfer = this.#all.get(keyOf(datagram, peer));
    if (transfer) transfer.receive(datagram);
    else if (datagram.kind === 'OPEN') this.#open(datagram, peer);
    else if (!UNANSWERED.has(datagram.kind)) {
      const reason = 'it was never opened, has ended long ago, or the server was started again since';
      this.#tell(datagram, peer, `no transfer ${datagram.id} is under way here: ${reason}`);
    }
  }

  /**
   * Answers what is not taken. Not in the name of a transfer that is known: anybody may send from its address, and a
   * client that has heard nothing yet takes an answer that is not signed.
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
    this.#tell(nobody, peer, `version ${version} is not spoken here; allowed: 1`);
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
    this.#stopLooking ??= this.#parts.timer(LOOK_MS, () => this.#endIdle());
    transfer.receive(opened);
  }

  #refusal(opened: Datagram, parameters: OpenParameters): Refusal | undefined {
    const reason = openProblem(opened);
    if (reason !== undefined) return { reason };
    const needed = costOf(opened) + (parameters.echo ? costOfEcho(parameters) : 0);
    if (this.#memory.makesRoom(needed)) return undefined;
    const room = `${this.#memory.left}, of ${MOST_HELD} for all at once`;
    return { reason: `the transfer would take ${needed} bytes of memory; allowed: ${room}` };
  }

  *#removals(): Generator<() => void> {
    for (const [key, transfer] of this.#all) if (transfer.isOver) yield () => this.#forget(key);
  }

  #endIdle(): void {
    const { timer, clock, idleSeconds } = this.#parts;
    this.#stopLooking = timer(LOOK_MS, () => this.#endIdle());
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
    this.#stopLooking?.();
    this.#stopLooking = undefined;
  }

  /** Tells whoever has sent something why it is not taken. */
  #tell(of: Pick<Datagram, 'id' | 'mode'>, peer: Peer, reason: string): void {
    this.#parts.transmitUnsigned(abortion(of, reason), peer);
  }
}

/** What tells the transfer that a datagram belongs to from those of others. */
function keyOf({ id }: Datagram, { address, port }: Peer): string {
  return `${address}:${port}/${id}`;
}

/** What is not allowed in the header of an OPEN. */
function openProblem({ mode, window, sequence }: Datagram): string | undefined {
  const most = largestWindow(mode);
  if (window < 1 || window > most) return `the window is ${window}; allowed for ${mode}: 1 to ${most}`;
  return sequence === 0 ? undefined : `an OPEN has the number ${sequence}; allowed: 0`;
}
