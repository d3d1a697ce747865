import { createHash } from 'node:crypto';

/** The SHA-256 of a stream of pieces, and their length. */
export class Digest {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(piece: Buffer): void {
    this.#bytes += piece.length;
    this.#hash.update(piece);
  }

  /** 64 hex digits. Called once, at the end. */
  hex(): string {
    return this.#hash.digest('hex');
  }
}
