/** Bytes, of which some may not be known. */
export interface Pattern {
  readonly bytes: Buffer;
  /** 1 for each that is known; undefined when all are. */
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

/** Bytes of which nothing is known but how many they are. */
export function unknown(length: number): Pattern {
  return { bytes: Buffer.alloc(length), known: Buffer.alloc(length) };
}

export function knownBytes({ bytes, known }: Pattern): number {
  return known ? known.reduce((count, byte) => count + byte, 0) : bytes.length;
}

/** Bytes with others in their place from a position on, as far as they are known. */
export function withKnown({ bytes, known }: Pattern, at: number, others: Buffer): Pattern {
  const written = Buffer.from(bytes);
  others.copy(written, at);
  return { bytes: written, known: known && Buffer.from(known).fill(1, at, at + others.length) };
}

/** Whether two byte sequences of the same length agree wherever both are known. */
export function agree(a: Pattern, b: Pattern): boolean {
  if (!a.known && !b.known) return a.bytes.equals(b.bytes);
  for (let at = 0; at < a.bytes.length; at += 1) {
    if (a.bytes[at] !== b.bytes[at] && a.known?.[at] !== 0 && b.known?.[at] !== 0) return false;
  }
  return true;
}

/** The first byte in which two sequences differ, as far as they are known; their length where one goes on. */
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
 * What a function makes of bytes that are not all known: what it makes of them whatever the others are. It is asked
 * twice, with other bytes in their place.
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

/** What two have in common: bytes that differ are not known. */
export function common(one: Buffer, other: Buffer): Pattern {
  if (one.length !== other.length) return unknown(one.length);
  if (one.equals(other)) return { bytes: one };
  const known = Buffer.alloc(one.length);
  for (let at = 0; at < one.length; at += 1) if (one[at] === other[at]) known[at] = 1;
  return { bytes: one, known };
}
