/** The bytes of hex digits. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length >> 1 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  );
}

export function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Printable ASCII (RFC 20). */
export function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

/** Printable ASCII, and a dot for anything else. */
export function asciiOf(byte: number): string {
  return isPrintable(byte) ? String.fromCharCode(byte) : '.';
}

/** A part of a source. */
export interface Range {
  readonly at: number;
  readonly length: number;
}

export function contains({ at, length }: Range, byte: number): boolean {
  return byte >= at && byte < at + length;
}
