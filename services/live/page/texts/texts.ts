import { de } from './de.ts';
import { en, type Texts } from './en.ts';
import { fr } from './fr.ts';

export type { Texts } from './en.ts';

/** The languages of the page. For one more, write a file with the same keys, and add it here. */
export const languages: Readonly<Record<string, Texts>> = { en, de, fr };

/** The language that was chosen, or the first one of the browser that the page has. */
export function languageOf(chosen: string | undefined, ofBrowser: readonly string[]): string {
  const known = [chosen, ...ofBrowser].map((one) => one?.split('-')[0] ?? '');
  return known.find((one) => Object.hasOwn(languages, one)) ?? 'en';
}

/** The text for a name that a program chose, or the name itself. */
export function named(texts: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(texts, name) ? texts[name]! : name;
}
