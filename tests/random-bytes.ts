import { createCipheriv, hash } from 'node:crypto';

/** Random bytes and numbers, always the same for a seed. */
export class Random {
  readonly #stream;

  constructor(seed: string) {
    this.#stream = createCipheriv('aes-128-ctr', hash('md5', seed, 'buffer'), Buffer.alloc(16));
  }

  bytes(length: number): Buffer {
    return this.#stream.update(Buffer.alloc(length));
  }

  below(count: number): number {
    return this.bytes(4).readUInt32LE() % count;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}
