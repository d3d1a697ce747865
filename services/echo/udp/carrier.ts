import { endpoint } from '#lib/lab/ports.ts';
import { CalmCount } from '#lib/runtime/calm-count.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { Answer } from '../answering.ts';
import { type GiveAnswerParts, type Given, giveAnswer, type Wire } from '../faults/give-answer.ts';
import { HeldAnswer } from '../faults/held.ts';
import type { Peer } from '../peer.ts';

/** Datagrams that may be on the way at once, in bytes. Further ones are dropped. */
const MOST_UNDER_WAY = 64 * 2 ** 20;
/** About how many bytes a datagram needs besides its own. */
const OVERHEAD = 1_024;

interface Waiting {
  readonly due: number;
  readonly go: () => void;
}

export interface CarrierParts extends GiveAnswerParts {
  readonly sleep: Sleep;
  readonly timer: Timer;
  readonly deliver: (bytes: Buffer, peer: Peer) => void;
  /** Called when a datagram that was held back is delivered. */
  readonly onHeldDelivered?: () => void;
  /** Gets the number of datagrams dropped since its last call. */
  readonly onDropped: (datagrams: number) => void;
}

/** Carries datagrams in one direction, with the delays and reordering of their faults, in bounded memory. */
export class Carrier {
  readonly #parts: CarrierParts;
  /** Waiting datagrams, the next one first. */
  readonly #waiting: Waiting[] = [];
  readonly #closed = new AbortController();
  readonly #held = new Map<string, HeldAnswer>();
  readonly #dropped: CalmCount;
  #open = true;
  #underWay = 0;

  constructor(parts: CarrierParts) {
    this.#parts = parts;
    this.#dropped = new CalmCount(parts.timer, parts.onDropped);
  }

  /** Whether there is room for a datagram of this size. Otherwise it counts as dropped. */
  admits(bytes: number): boolean {
    if (this.#underWay + bytes + OVERHEAD <= MOST_UNDER_WAY) return true;
    this.#dropped.add();
    return false;
  }

  /** Takes the steps of a datagram. Waits count from `began`. */
  async carry(answer: Answer, peer: Peer, bytes: number, began: number): Promise<Given> {
    const cost = bytes + OVERHEAD;
    this.#underWay += cost;
    const wire = this.#wireTo(peer, cost);
    const given = await giveAnswer(answer, wire, began, this.#parts);
    if (!wire.holds) this.#underWay -= cost;
    if (given === 'sent' && this.#held.size > 0) this.#held.get(endpoint(peer.address, peer.port))?.release();
    return given;
  }

  /** Stops all deliveries. */
  close(): void {
    this.#open = false;
    this.#closed.abort();
    this.#dropped.drop();
    for (const held of this.#held.values()) held.release();
  }

  #wireTo(peer: Peer, cost: number): Wire & { holds: boolean } {
    const carrier = this;
    return {
      holds: false,
      get open() {
        return carrier.#open;
      },
      send: (bytes) => this.#deliver(bytes, peer),
      sendAfterNext(bytes) {
        this.holds = true;
        carrier.#hold(bytes, peer, cost);
      },
      reset: () => undefined,
      wait: (milliseconds) => this.#wait(milliseconds),
    };
  }

  #hold(bytes: Buffer, peer: Peer, cost: number): void {
    const key = endpoint(peer.address, peer.port);
    const held = this.#held.get(key) ?? new HeldAnswer(this.#parts.sleep);
    this.#held.set(key, held);
    held.hold(bytes, (late) => {
      this.#held.delete(key);
      this.#underWay -= cost;
      if (!this.#open) return;
      this.#deliver(late, peer);
      this.#parts.onHeldDelivered?.();
    });
  }

  #deliver(bytes: Buffer, peer: Peer): undefined {
    if (this.#open) this.#parts.deliver(bytes, peer);
  }

  /** Returns early when the carrier closes. When two waits end in the same turn, the earlier one returns first. */
  #wait(milliseconds: number): Promise<void> {
    const { clock, sleep } = this.#parts;
    const { promise, resolve: go } = Promise.withResolvers<void>();
    const due = clock() + milliseconds;
    const previous = this.#waiting.findLastIndex((other) => other.due <= due);
    this.#waiting.splice(previous + 1, 0, { due, go });
    const wake = () => {
      const now = Math.max(due, clock());
      while (this.#waiting.length > 0 && this.#waiting[0]!.due <= now) this.#waiting.shift()!.go();
    };
    sleep(milliseconds, this.#closed.signal).then(wake, go);
    return promise;
  }
}
