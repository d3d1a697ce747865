import { safeLines } from '#lib/text/readable.ts';

/** Markup that may stand in a page as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Characters of a text that are shown. */
const LONGEST = 1_000;

export type Value = Html | string | number | undefined | readonly Value[];

/** Puts values into markup: text and numbers escaped, markup as it is, nothing for `undefined`. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.reduce((text, part, index) => text + markup(values[index - 1]) + part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Fit for an element or a quoted attribute, whatever a capture holds. */
export function escaped(text: string): string {
  return safeLines(text).replaceAll(/[&<>"']/g, (character) => entities[character]!);
}

/** A message may have 64 KiB, and a page shows many. */
function cut(text: string): string {
  const left = text.length - LONGEST;
  return left > 0 ? `${text.slice(0, LONGEST)}… (${left} more characters)` : text;
}

function markup(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  return typeof value === 'object' ? value.map(markup).join('') : escaped(cut(String(value)));
}
