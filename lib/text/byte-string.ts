const escapes: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' };

/** Bytes that are printed, at most. */
const SHOWN = 1_000;

/**
 * Bytes as the reference server prints them, a bytes literal of Python: `b'\xabest3|5e595222'`. It prints the first
 * 1,000.
 */
export function byteString(bytes: Buffer): string {
  const quote = bytes.includes("'") && !bytes.includes('"') ? '"' : "'";
  const characters = Array.from(bytes.subarray(0, SHOWN), (byte) => {
    const character = String.fromCharCode(byte);
    if (character === quote) return `\\${quote}`;
    if (byte < 0x20 || byte > 0x7e || byte === 0x5c) {
      return escapes[byte] ?? `\\x${byte.toString(16).padStart(2, '0')}`;
    }
    return character;
  });
  const more = bytes.length > SHOWN ? `… (${bytes.length} bytes)` : '';
  return `b${quote}${characters.join('')}${quote}${more}`;
}
