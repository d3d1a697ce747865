/** UTF-8 sequences of more than one octet (RFC 3629), control characters, and octets that are neither. */
const SPECIAL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x00-\x1f\x7f-\xff]/g;
/** Control characters of eight bits, and those that turn the direction of a line or end it. */
const UNSAFE = /[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

const escapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Octets as text that is fit for a terminal: what is no printable UTF-8 becomes `\n`, `\x1b` and the like. */
export function readable(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(SPECIAL, (octets) => {
    const character = Buffer.from(octets, 'latin1').toString();
    return octets.length > 1 && !UNSAFE.test(character) ? character : escaped(octets);
  });
}

/** A text that came from outside, fit for a terminal. */
export function safe(text: string): string {
  return readable(Buffer.from(text));
}

/** How much of some octets must be printable UTF-8 for them to count as text: a corrupted `Te?t1` does. */
const SHARE = 0.6;

/** Whether octets are text: most of them are printable, or end a line, and not all of them are space. */
export function isText(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  if (text.trim() === '') return false;
  let other = 0;
  for (const [octets] of text.matchAll(SPECIAL)) {
    if (octets.length === 1 && !(octets in escapes)) other += 1;
  }
  return 1 - other / bytes.length >= SHARE;
}

function escaped(octets: string): string {
  const hex = (octet: string) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return Array.from(octets, (octet) => escapes[octet] ?? hex(octet)).join('');
}
