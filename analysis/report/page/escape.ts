import { safeLines } from '#lib/text/readable.ts';

/** Markup that needs no escaping. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The most characters of a text that are shown. */
const LONGEST = 1_000;

export type Value = Html | string | number | undefined | readonly Value[];

/** A template tag for markup: it escapes text and numbers, and leaves `undefined` out. */
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

/** Escapes any text for an element or a quoted attribute. */
export function escaped(text: string): string {
  return safeLines(text).replaceAll(/[&<>"']/g, (character) => entities[character]!);
}

/** Shortens a text: a message may have 64 KiB, and a page shows many. */
function cut(text: string): string {
  const more = text.length - LONGEST;
  return more > 0 ? `${text.slice(0, LONGEST)}… (${more} more characters)` : text;
}

function markup(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  return typeof value === 'object' ? value.map(markup).join('') : escaped(cut(String(value)));
}
