import { hash, randomBytes } from 'node:crypto';

/** The high 32 and the low 21 of 53 random bits, as parts of a number in [0, 1). */
const HIGH = 2 ** -32;
const LOW = 2 ** -53;

/** A hash has 64 bytes, and a number needs 8. */
const DRAWS_PER_HASH = 8;
const DRAW_BYTES = 8;

/**
 * The draws of a stream, numbers in [0, 1) with 53 random bits.
 *
 * The draws 8k + 1 to 8k + 8 are the SHA-512 of (seed, stream, k). There is no state from draw to draw: each draw can
 * be repeated alone, and one stream never shifts another.
 */
export class Draws {
  readonly #seed: string;
  readonly #stream: string;
  #block = -1;
  #bytes = Buffer.alloc(0);

  /**
   * @param seed any string, LAB_SEED
   * @param stream what the draws are for, such as `http`
   */
  constructor(seed: string, stream: string) {
    this.#seed = seed;
    this.#stream = stream;
  }

  /** @param n counted from 1 */
  at(n: number): number {
    const block = Math.floor((n - 1) / DRAWS_PER_HASH);
    if (block !== this.#block) {
      this.#bytes = hash('sha512', JSON.stringify([this.#seed, this.#stream, block]), 'buffer');
      this.#block = block;
    }
    const start = ((n - 1) % DRAWS_PER_HASH) * DRAW_BYTES;
    const high = this.#bytes.readUInt32BE(start);
    const low = this.#bytes.readUInt32BE(start + 4) >>> 11;
    return high * HIGH + low * LOW;
  }
}

/** A seed for a run without one: short, so that a person can type it again. */
export function newSeed(): string {
  return randomBytes(4).toString('hex');
}

/** Turns a number in [0, 1) into a whole number from 0 to `count` - 1. */
export function below(count: number, random: number): number {
  return Math.floor(random * count);
}
