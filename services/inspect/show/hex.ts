import type { Paint } from './paint.ts';

/** Octets of a row. */
const ROW = 16;

export interface HexOptions {
  /** How many octets of a payload are shown; of a longer one it says how many more there are. */
  readonly bytes: number;
  readonly paint: Paint;
}

/** Octets as Wireshark dumps them: offset, 16 octets in hex, and as ASCII with a dot for what is not readable. */
export function hexRows(payload: Buffer, { bytes, paint }: HexOptions): string[] {
  const shown = payload.subarray(0, bytes);
  const rows: string[] = [];
  for (let at = 0; at < shown.length; at += ROW) {
    const octets = shown.subarray(at, at + ROW);
    const offset = at.toString(16).padStart(4, '0');
    const missing = '   '.repeat(ROW - octets.length);
    rows.push(
      `${offset}   ${runs(octets, hexOf, ' ', paint)}${missing}   ${runs(octets, asciiOf, '', paint)}`,
    );
  }
  const more = moreBytes(payload.length, bytes);
  return more === undefined ? rows : [...rows, more];
}

/** What is said of octets that are not shown. */
export function moreBytes(length: number, bytes: number): string | undefined {
  return length > bytes ? `… ${length - bytes} more bytes; BYTES=all shows them` : undefined;
}

function runs(octets: Buffer, textOf: (octet: number) => string, between: string, paint: Paint): string {
  const painted: string[] = [];
  for (let at = 0; at < octets.length; ) {
    const is = isReadable(octets[at]!);
    let end = at + 1;
    while (end < octets.length && isReadable(octets[end]!) === is) end += 1;
    const text = Array.from(octets.subarray(at, end), textOf).join(between);
    painted.push(paint(is ? 'readable' : 'unreadable', text));
    at = end;
  }
  return painted.join(between);
}

function hexOf(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}

function asciiOf(octet: number): string {
  return isReadable(octet) ? String.fromCharCode(octet) : '.';
}

/** Printable ASCII (RFC 20). */
function isReadable(octet: number): boolean {
  return octet >= 0x20 && octet <= 0x7e;
}
