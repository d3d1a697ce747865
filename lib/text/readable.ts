/**
 * Characters that a reader would not see, or that reverse or end a line. These are controls, formats (bidi, zero width,
 * tags), halves of characters, line separators and ignorable characters (UAX #44).
 *
 * Emoji that Unicode recommends match as a whole, because some contain joiners and selectors.
 */
const HIDDEN = /\p{RGI_Emoji}|[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gv;
/** Most texts have none of these characters, and these simpler patterns find that out faster. Wireshark's lines have an arrow. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const MAY_HIDE = /[\x00-\x1f\x7f-\u2191\u2193-\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const LINES_MAY_HIDE = /[\x00-\x08\v-\x1f\x7f-\uffff]/;
const EMOJI = /^\p{RGI_Emoji}$/v;

const escapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * Makes a text from outside safe for one line of a terminal or a page: hidden characters become `\n`, `\u202e` and
 * similar escapes. The escapes are those of JSON, so a line of JSON stays one line with the same meaning.
 */
export function safe(text: string): string {
  return MAY_HIDE.test(text) ? text.replaceAll(HIDDEN, escaped) : text;
}

/** The same for a text with several lines: newlines and tabs stay. */
export function safeLines(text: string): string {
  return LINES_MAY_HIDE.test(text)
    ? text.replaceAll(HIDDEN, (hidden) => (hidden === '\n' || hidden === '\t' ? hidden : escaped(hidden)))
    : text;
}

function escaped(hidden: string): string {
  if (EMOJI.test(hidden)) return hidden;
  const unit = (index: number) => `\\u${hidden.charCodeAt(index).toString(16).padStart(4, '0')}`;
  return escapes[hidden] ?? Array.from({ length: hidden.length }, (_, index) => unit(index)).join('');
}

/** A run of valid UTF-8 characters (RFC 3629), or one byte that belongs to none. */
const UTF8 =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are characters too
  /(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+|[\x80-\xff]/g;

/** Bytes as a text that is safe in one line. A byte that is not UTF-8 becomes `\x8c`. */
export function readable(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replaceAll(UTF8, (bytes) =>
      isStray(bytes)
        ? `\\x${bytes.charCodeAt(0).toString(16)}`
        : safe(Buffer.from(bytes, 'latin1').toString()),
    );
}

function isStray(bytes: string): boolean {
  return bytes.length === 1 && bytes > '\x7f';
}

/** Characters of a message that are printed, at most. */
const SHOWN = 1_000;

/**
 * A message, or its first bytes, safe in one line, cut when it is long. Bytes that are not UTF-8 become U+FFFD, as in
 * the output of the reference client.
 */
export function printable(bytes: Buffer, length = bytes.length): string {
  const text = bytes.toString('utf8', 0, Math.min(length, SHOWN * 4));
  if (text.length <= SHOWN) return safe(text);
  // Not in the middle of a character.
  const cut = text.slice(0, SHOWN).replace(/[\ud800-\udbff]$/, '');
  return `${safe(cut)}… (${length} bytes)`;
}

/** Bytes count as text when this share of them is printable UTF-8. A corrupted `Te?t1` still does. */
const SHARE = 0.6;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /(?![\t\n\r])[\x00-\x1f\x7f]/g;

/** Whether bytes are text: most of them are printable or end a line, and not all of them are blank. */
export function isText(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  if (text.trim() === '') return false;
  let other = 0;
  for (const [bytes] of text.matchAll(UTF8)) {
    other += isStray(bytes) ? 1 : (bytes.match(CONTROLS)?.length ?? 0);
  }
  return 1 - other / bytes.length >= SHARE;
}
