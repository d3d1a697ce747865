import { createHash } from 'node:crypto';

/** Octets that are gathered until they are hashed together, which costs less than one small piece at a time. */
const GATHERED = 64 * 1024;

/** The SHA-256 of a stream of pieces, and their length. */
export class Digest {
  readonly #hash = createHash('sha256');
  #pieces: Buffer[] = [];
  #gathered = 0;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** @param piece is kept for a while, and must stay as it is */
  add(piece: Buffer): void {
    this.#bytes += piece.length;
    this.#gathered += piece.length;
    this.#pieces.push(piece);
    if (this.#gathered >= GATHERED) this.#flush();
  }

  /** 64 hex digits. Called once, at the end. */
  hex(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(Buffer.concat(this.#pieces, this.#gathered));
    this.#pieces = [];
    this.#gathered = 0;
  }
}
