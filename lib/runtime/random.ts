import { hash, randomBytes } from 'node:crypto';

/** The high 32 and the low 21 of 53 random bits, as parts of a number in [0, 1). */
const HIGH = 2 ** -32;
const LOW = 2 ** -53;

/** Numbers that one hash gives, each of 16 of its hex digits. */
const DRAWS_PER_HASH = 8;
const DIGITS = 16;

/**
 * The draws of a stream, numbers in [0, 1) with 53 random bits.
 *
 * The eight draws from 8k + 1 on are the SHA-512 of (seed, stream, k), and no generator is carried along: a draw can
 * be repeated alone, and one stream never shifts another.
 */
export class Draws {
  readonly #seed: string;
  readonly #stream: string;
  #block = -1;
  #digits = '';

  /**
   * @param seed any string, LAB_SEED
   * @param stream what the draws decide, such as `http`
   */
  constructor(seed: string, stream: string) {
    this.#seed = seed;
    this.#stream = stream;
  }

  /** @param n counted from 1 */
  at(n: number): number {
    const block = Math.floor((n - 1) / DRAWS_PER_HASH);
    if (block !== this.#block) {
      this.#digits = hash('sha512', JSON.stringify([this.#seed, this.#stream, block]));
      this.#block = block;
    }
    const start = ((n - 1) % DRAWS_PER_HASH) * DIGITS;
    const high = Number.parseInt(this.#digits.slice(start, start + 8), 16);
    const low = Number.parseInt(this.#digits.slice(start + 8, start + DIGITS), 16) >>> 11;
    return high * HIGH + low * LOW;
  }
}

/** A seed for a run that was given none: short enough to be typed again. */
export function newSeed(): string {
  return randomBytes(4).toString('hex');
}
