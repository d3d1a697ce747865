/**
 * Characters that a reader would not see, or that reverse or end a line (UAX #44). They are controls, formats, halves of
 * characters, line separators and ignorable characters. lib/text/readable.ts has the same for the programs. The page loads nothing from
 * there.
 */
const HIDDEN = /\p{RGI_Emoji}|[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gv;
/** Most texts have none of them, and this simpler pattern finds that out faster. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const MAY_HIDE = /[\x00-\x1f\x7f-\uffff]/;
const EMOJI = /^\p{RGI_Emoji}$/v;

const escapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A text from outside in one line: hidden characters become `\n`, `\u202e` and similar escapes. */
export function visible(text: string): string {
  return MAY_HIDE.test(text) ? text.replaceAll(HIDDEN, escaped) : text;
}

function escaped(hidden: string): string {
  if (EMOJI.test(hidden)) return hidden;
  const unit = (index: number) => `\\u${hidden.charCodeAt(index).toString(16).padStart(4, '0')}`;
  return escapes[hidden] ?? Array.from({ length: hidden.length }, (_, index) => unit(index)).join('');
}

/** The beginning of a text that may be long, with `…` when something is cut off. */
export function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not in the middle of a character.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
