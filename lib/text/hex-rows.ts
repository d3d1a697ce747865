/** A row of a dump as Wireshark has it. */
export interface HexRow {
  /** Where it begins, in octets, and in hex. */
  readonly at: number;
  readonly offset: string;
  readonly octets: Buffer;
  /** As wide as the octets that a whole row has more. */
  readonly padding: string;
}

export function* hexRowsOf(bytes: Buffer, width: number): Generator<HexRow> {
  for (let at = 0; at < bytes.length; at += width) {
    const octets = bytes.subarray(at, at + width);
    const offset = at.toString(16).padStart(4, '0');
    yield { at, offset, octets, padding: '   '.repeat(width - octets.length) };
  }
}

export function hexOf(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}

/** Printable ASCII (RFC 20), and a dot for anything else. */
export function asciiOf(octet: number): string {
  return isAscii(octet) ? String.fromCharCode(octet) : '.';
}

export function isAscii(octet: number): boolean {
  return octet >= 0x20 && octet <= 0x7e;
}
