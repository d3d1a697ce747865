import { createHash } from 'node:crypto';

/** Computes the SHA-256 and the length of a stream. */
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

  /** 64 hex digits. Call it once, at the end. */
  hex(): string {
    return this.#hash.digest('hex');
  }
}
