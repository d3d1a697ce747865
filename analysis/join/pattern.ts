/** Bytes, some of which may be unknown. */
export interface Pattern {
  readonly bytes: Buffer;
  /** 1 for each known byte; undefined when all are known. */
  readonly known?: Buffer | undefined;
}

export function joinPatterns(pieces: readonly Pattern[]): Pattern {
  if (pieces.length === 1) return pieces[0]!;
  const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
  if (pieces.every(({ known }) => !known)) return { bytes };
  return {
    bytes,
    known: Buffer.concat(pieces.map((piece) => piece.known ?? Buffer.alloc(piece.bytes.length, 1))),
  };
}

/** Unknown bytes of a known length. */
export function unknown(length: number): Pattern {
  return { bytes: Buffer.alloc(length), known: Buffer.alloc(length) };
}

export function knownBytes({ bytes, known }: Pattern): number {
  return known ? known.reduce((count, byte) => count + byte, 0) : bytes.length;
}

/** The pattern with known bytes written at an offset. */
export function withKnown({ bytes, known }: Pattern, at: number, others: Buffer): Pattern {
  const written = Buffer.from(bytes);
  others.copy(written, at);
  return { bytes: written, known: known && Buffer.from(known).fill(1, at, at + others.length) };
}

/** Whether two patterns of the same length agree wherever both are known. */
export function agree(a: Pattern, b: Pattern): boolean {
  if (!a.known && !b.known) return a.bytes.equals(b.bytes);
  for (let at = 0; at < a.bytes.length; at += 1) {
    if (a.bytes[at] !== b.bytes[at] && a.known?.[at] !== 0 && b.known?.[at] !== 0) return false;
  }
  return true;
}

/** The first known byte in which two patterns differ; the shorter length if one is the beginning of the other. */
export function firstDifference(a: Pattern, b: Pattern): number | undefined {
  if (!a.known && !b.known && a.bytes.equals(b.bytes)) return undefined;
  const length = Math.min(a.bytes.length, b.bytes.length);
  for (let at = 0; at < length; at += 1) {
    const isKnown = a.known?.[at] !== 0 && b.known?.[at] !== 0;
    if (isKnown && a.bytes[at] !== b.bytes[at]) return at;
  }
  return a.bytes.length === b.bytes.length ? undefined : length;
}

/**
 * Applies a function to a pattern: the part of the result that does not depend on the unknown bytes. The function runs
 * twice, with other bytes in their place, and the results are merged.
 */
export function through<Made>(
  { bytes, known }: Pattern,
  make: (bytes: Buffer) => Made,
  merge: (one: Made, other: Made) => Made,
): Made {
  if (!known) return make(bytes);
  const filled = (byte: number) => {
    const all = Buffer.from(bytes);
    for (let at = 0; at < all.length; at += 1) if (!known[at]) all[at] = byte;
    return all;
  };
  return merge(make(filled(0)), make(filled(1)));
}

/** The common part of two byte sequences: bytes that differ are unknown. */
export function common(one: Buffer, other: Buffer): Pattern {
  if (one.length !== other.length) return unknown(one.length);
  if (one.equals(other)) return { bytes: one };
  const known = Buffer.alloc(one.length);
  for (let at = 0; at < one.length; at += 1) if (one[at] === other[at]) known[at] = 1;
  return { bytes: one, known };
}
