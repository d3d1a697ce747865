/**
 * Emoji that Unicode recommends, as a whole: some have joiners and selectors inside. And the characters that a reader
 * would not see, or that turn or end a line: controls, formats (bidi, zero width, tags), halves of characters,
 * separators of lines, and ignorables (UAX #44).
 */
const HIDDEN = /\p{RGI_Emoji}|[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gv;
/** Nothing to look for is the usual case, and these find it sooner. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const MAY_HIDE = /[\x00-\x1f\x7f-\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const LINES_MAY_HIDE = /[\x00-\x08\v-\x1f\x7f-\uffff]/;
const EMOJI = /^\p{RGI_Emoji}$/v;

const escapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/**
 * A text from outside in one line, fit for a terminal and a page: what would not be seen as what it is becomes `\n`,
 * `\u202e` and the like. The escapes are those of JSON, so that a line of JSON stays one and means the same.
 */
export function safe(text: string): string {
  return MAY_HIDE.test(text) ? text.replaceAll(HIDDEN, escaped) : text;
}

/** The same of a text that may have several lines: their ends and tabs stay. */
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

/** As many characters of UTF-8 (RFC 3629) as there are, or a byte that belongs to none. */
const UTF8 =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are characters too
  /(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+|[\x80-\xff]/g;

/** Bytes as a text that is safe in one line, where a byte that is no UTF-8 becomes `\x8c`. */
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

/** How much of a message is printed, in characters. */
const SHOWN = 1_000;

/**
 * A message, or its first bytes, safe in one line, cut when it is long. What is no UTF-8 becomes U+FFFD, as the
 * reference client prints it.
 */
export function printable(bytes: Buffer, length = bytes.length): string {
  const text = bytes.toString('utf8', 0, Math.min(length, SHOWN * 4));
  if (text.length <= SHOWN) return safe(text);
  // Not in the middle of a character.
  const cut = text.slice(0, SHOWN).replace(/[\ud800-\udbff]$/, '');
  return `${safe(cut)}… (${length} bytes)`;
}

/** How much of some bytes must be printable UTF-8 for them to count as text: a corrupted `Te?t1` does. */
const SHARE = 0.6;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /(?![\t\n\r])[\x00-\x1f\x7f]/g;

/** Whether bytes are text: most of them are printable, or end a line, and not all of them are space. */
export function isText(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  if (text.trim() === '') return false;
  let other = 0;
  for (const [bytes] of text.matchAll(UTF8)) {
    other += isStray(bytes) ? 1 : (bytes.match(CONTROLS)?.length ?? 0);
  }
  return 1 - other / bytes.length >= SHARE;
}
