/** A row of a hex dump, in Wireshark's layout. */
export interface HexRow {
  /** The offset of its first byte, as a number and in hex. */
  readonly at: number;
  readonly offset: string;
  readonly bytes: Buffer;
  /** Spaces for the bytes that a full row has more. */
  readonly padding: string;
}

export function* hexRowsOf(bytes: Buffer, width: number): Generator<HexRow> {
  for (let at = 0; at < bytes.length; at += width) {
    const row = bytes.subarray(at, at + width);
    const offset = at.toString(16).padStart(4, '0');
    yield { at, offset, bytes: row, padding: '   '.repeat(width - row.length) };
  }
}

export function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Printable ASCII (RFC 20), and a dot for anything else. */
export function asciiOf(byte: number): string {
  return isAscii(byte) ? String.fromCharCode(byte) : '.';
}

export function isAscii(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}
