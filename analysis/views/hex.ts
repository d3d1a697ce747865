import { asciiOf, hexOf, hexRowsOf, isAscii } from '#lib/text/hex-rows.ts';
import type { Paint } from './paint.ts';

/** Bytes of a row. */
const ROW = 16;

export interface HexOptions {
  /** How many bytes of a payload are shown; a last line counts the others. 0 shows nothing. */
  readonly bytes: number;
  readonly paint: Paint;
}

/** Bytes as Wireshark dumps them: offset, 16 bytes in hex, and in ASCII with a dot for each unreadable byte. */
export function hexRows(payload: Buffer, { bytes, paint }: HexOptions): string[] {
  const rows = Array.from(hexRowsOf(payload.subarray(0, bytes), ROW), ({ offset, bytes, padding }) => {
    const hex = runs(bytes, hexOf, ' ', paint);
    return `${offset}   ${hex}${padding}   ${runs(bytes, asciiOf, '', paint)}`;
  });
  const more = moreBytes(payload.length, bytes);
  return more === undefined ? rows : [...rows, more];
}

/** The line that counts the bytes which are not shown; undefined if all are, or if none should be. */
export function moreBytes(length: number, bytes: number): string | undefined {
  return bytes > 0 && length > bytes ? `… ${length - bytes} more bytes; BYTES=all shows them` : undefined;
}

function runs(bytes: Buffer, textOf: (byte: number) => string, between: string, paint: Paint): string {
  const painted: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const is = isAscii(bytes[at]!);
    let end = at + 1;
    while (end < bytes.length && isAscii(bytes[end]!) === is) end += 1;
    const text = Array.from(bytes.subarray(at, end), textOf).join(between);
    painted.push(paint(is ? 'readable' : 'unreadable', text));
    at = end;
  }
  return painted.join(between);
}
