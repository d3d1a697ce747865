import { hash, randomBytes } from 'node:crypto';

/** The high 32 and the low 21 of 53 random bits, as parts of a number in [0, 1). */
const HIGH = 2 ** -32;
const LOW = 2 ** -53;

/**
 * The n-th draw of a stream, a number in [0, 1) with 53 random bits.
 *
 * A draw is a hash of (seed, stream, n) and no generator is carried along, so a draw can be repeated alone
 * and one stream never shifts another.
 *
 * @param seed any string, LAB_SEED
 * @param stream what the draw decides, such as `http`
 * @param n counted from 1
 */
export function draw(seed: string, stream: string, n: number): number {
  const bytes = hash('sha256', JSON.stringify([seed, stream, n]), 'buffer');
  return bytes.readUInt32BE() * HIGH + (bytes.readUInt32BE(4) >>> 11) * LOW;
}

/** A seed for a run that was given none: short enough to be typed again. */
export function newSeed(): string {
  return randomBytes(4).toString('hex');
}
