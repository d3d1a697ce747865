import type { Text } from './texts.ts';

export interface Sentence {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly kind: Text['kind'];
  readonly text: string;
}

/** The blanks between two sentences. An abbreviation ends no sentence. */
const BETWEEN = /(?<=[.!?]["”')]*)(?<!\b(?:e\.g|i\.e|cf|vs)\.)\s+(?=["“'(]*[\p{Lu}\p{N}`…])/u;

/** The sentences of a text, each on one line. */
export function* sentencesOf({ line, kind, text }: Text): Generator<Sentence> {
  let at = 0;
  for (const one of text.split(BETWEEN)) {
    const start = text.indexOf(one, at);
    const before = text.slice(0, start).split('\n').length - 1;
    at = start + one.length;
    const sentence = one.replaceAll(/\s+/g, ' ').trim();
    if (sentence !== '') yield { line: line + before, kind, text: sentence };
  }
}

/** What has a letter or a digit in it, or is in place of such. */
export function countWords(sentence: string): number {
  return sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}…]/u.test(word)).length;
}
