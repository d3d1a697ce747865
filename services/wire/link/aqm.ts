import type { QueueLimit } from '../conditions/conditions.ts';

/** What a queue holds. */
export interface QueueLength {
  readonly packets: number;
  readonly bytes: number;
}

/**
 * Random early detection (Floyd and Jacobson, 1993), with the weight of that paper. The chance, and a second threshold of
 * three times the first, are those that Floyd proposed later (Discussions of Setting Parameters, 1997).
 */
const RED = { weight: 0.002, chance: 0.1, from: 1 / 4, to: 3 / 4 };

/** Drops a packet that arrives, the likelier the longer the queue has been on average. */
export class Red {
  #average = 0;
  #sinceDrop = 0;

  /**
   * @param idle how many packets the link could have sent since the queue became empty
   * @param random a number in [0, 1)
   * @returns whether the packet is dropped
   */
  drops(
    length: QueueLength,
    limit: QueueLimit,
    { idle, random }: { readonly idle: number; readonly random: () => number },
  ): boolean {
    const share = 'packets' in limit ? length.packets / limit.packets : length.bytes / limit.bytes;
    if (length.packets === 0) this.#average *= (1 - RED.weight) ** idle;
    else this.#average += RED.weight * (share - this.#average);
    if (this.#average < RED.from) {
      this.#sinceDrop = 0;
      return false;
    }
    const base = (RED.chance * (this.#average - RED.from)) / (RED.to - RED.from);
    const chance = this.#average >= RED.to ? 1 : base / Math.max(1e-9, 1 - this.#sinceDrop * base);
    this.#sinceDrop += 1;
    if (chance < 1 && random() >= chance) return false;
    this.#sinceDrop = 0;
    return true;
  }
}

/** In ms (RFC 8289, 4.2 and 4.3). */
const TARGET_MS = 5;
const INTERVAL_MS = 100;

/** Controlled delay (RFC 8289): drops packets at the head while packets wait longer than 5 ms for 100 ms on end. */
export class CoDel {
  #aboveFrom: number | undefined;
  #isDropping = false;
  #next = 0;
  #count = 0;
  #lastCount = 0;

  /**
   * Asks about the packet at the head, when the link is free for it.
   *
   * @param waited how long the packet has waited, in ms
   * @param isLast whether no more than one full frame waits after it
   * @param now in ms
   * @returns whether the packet is dropped
   */
  drops(waited: number, isLast: boolean, now: number): boolean {
    const isAbove = this.#isAboveTarget(waited, isLast, now);
    if (this.#isDropping) return this.#continue(isAbove, now);
    if (!isAbove) return false;
    this.#isDropping = true;
    const since = now - this.#next;
    const recent = this.#count - this.#lastCount;
    this.#count = recent > 1 && since < 16 * INTERVAL_MS ? recent : 1;
    this.#lastCount = this.#count;
    this.#next = now + INTERVAL_MS / Math.sqrt(this.#count);
    return true;
  }

  #continue(isAbove: boolean, now: number): boolean {
    if (!isAbove) this.#isDropping = false;
    if (!isAbove || now < this.#next) return false;
    this.#count += 1;
    this.#next += INTERVAL_MS / Math.sqrt(this.#count);
    return true;
  }

  #isAboveTarget(waited: number, isLast: boolean, now: number): boolean {
    if (waited < TARGET_MS || isLast) {
      this.#aboveFrom = undefined;
      return false;
    }
    this.#aboveFrom ??= now + INTERVAL_MS;
    return now >= this.#aboveFrom;
  }
}
