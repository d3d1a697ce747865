import { globSync, readFileSync } from 'node:fs';
import type { Finding, Sources } from './finding.ts';
import { FORBIDDEN } from './forbidden.ts';
import { readPage } from './page.ts';
import { countWords, type Sentence, sentencesOf } from './sentences.ts';
import { type Text, textsOfLua, textsOfProgram, textsOfScript, textsOfSettings } from './texts.ts';

/*
 * Plain words: every sentence that a person reads is short, and uses the words of docs/glossary.md.
 *
 *   node tests/lint/words.ts [--means] [FILE…]
 *
 * prints what is wrong in the whole project, or in these files. With --means it also prints the mean number of words in a
 * sentence of each page.
 */

/** All that is written for a person. A changelog keeps the words of its time. */
const CHECKED = [
  '{README,CONTRIBUTING,SECURITY}.md',
  'docs/**/*.md',
  '{examples,captures,work,tests,.github}/**/*.md',
  '{lib,analysis,services,client,tests,bench}/**/*.ts',
  '{setup,services,client}/**/*.{sh,awk,bashrc}',
  '**/*.lua',
  '**/{Dockerfile,*.Dockerfile}',
  'docker-compose*.yml',
  'Makefile',
  '.env',
];

/** Sentences that are right as they are, each by its beginning, with the reason. */
const ALLOWED: readonly (readonly [beginning: string, reason: string])[] = [];

const MOST_WORDS = 30;
/** The most words that a sentence of such a page has in the mean. */
const MOST_MEAN = 18;
const IS_SHORT = /^docs\/(?:guides|labs)\//;

/** Captures of tests, what a lab writes and texts in other languages are not read. */
const LEFT_OUT =
  /(?:^|\/)node_modules\/|^captures\/(?!README)|^work\/(?!README)|^tests\/captures\/.*\/|^services\/live\/page\/texts\/(?!en|texts)/;
const IS_TEST = /^(?:tests|bench)\/|(?:\.test|testing)\.ts$/;

/** Yields each sentence that is too long, or has a word that is not to be written. */
export function* findInWords(sources: Sources): Generator<Finding> {
  for (const [file, text] of sources) {
    const sentences = [...readTexts(file, text)].flatMap((one) => [...sentencesOf(one)]);
    for (const sentence of sentences) yield* findInSentence(file, sentence);
    const mean = meanOf(sentences);
    if (IS_SHORT.test(file) && mean > MOST_MEAN) {
      const message = `${mean.toFixed(1)} words a sentence; allowed on this page: ${MOST_MEAN}`;
      yield { file, line: 1, message, rule: 'mean' };
    }
  }
}

/** The mean number of words in a sentence of running text, which headings and tables are not; NaN without any. */
export function meanOf(sentences: readonly Sentence[]): number {
  const counts = sentences.filter(({ kind }) => kind === 'paragraph').map(({ text }) => countWords(text));
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

function* findInSentence(file: string, { line, text }: Sentence): Generator<Finding> {
  if (ALLOWED.some(([beginning]) => text.startsWith(beginning))) return;
  const words = countWords(text);
  if (words > MOST_WORDS) {
    const message = `${words} words in "${beginningOf(text)}"; allowed: ${MOST_WORDS}`;
    yield { file, line, message, rule: 'length' };
  }
  for (const { pattern, instead } of FORBIDDEN) {
    const found = pattern.exec(text);
    if (!found) continue;
    yield {
      file,
      line,
      message: `"${found[0].trim()}" in "${around(text, found.index)}"; write: ${instead}`,
      rule: 'words',
    };
  }
}

const beginningOf = (text: string) => text.split(' ').slice(0, 6).join(' ');

/** Some words on both sides of a place. */
function around(text: string, at: number): string {
  const before = text.slice(0, at).split(' ').slice(-4).join(' ');
  return `${before}${text.slice(at).split(' ').slice(0, 5).join(' ')}`;
}

function readTexts(file: string, text: string): Iterable<Text> {
  if (file.endsWith('.md')) return readPage(text).texts;
  if (file.endsWith('.ts')) return textsOfProgram(text, { printed: !IS_TEST.test(file) });
  if (file.endsWith('.lua')) return textsOfLua(text);
  if (/\.(?:sh|awk|bashrc)$/.test(file)) return textsOfScript(text);
  return textsOfSettings(text);
}

/** What make lint reads. */
export function checkedSources(): Sources {
  return sourcesOf(CHECKED);
}

function sourcesOf(patterns: readonly string[]): Sources {
  const files = globSync(patterns).filter((file) => !LEFT_OUT.test(file));
  return new Map(files.sort().map((file) => [file, readFileSync(file, 'utf8')]));
}

function* means(sources: Sources): Generator<string> {
  for (const [file, text] of sources) {
    if (!file.endsWith('.md')) continue;
    const sentences = readPage(text).texts.flatMap((one) => [...sentencesOf(one)]);
    const running = sentences.filter(({ kind }) => kind === 'paragraph');
    if (running.length > 0)
      yield `${meanOf(sentences).toFixed(1).padStart(5)} ${String(running.length).padStart(5)}  ${file}`;
  }
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const files = args.filter((arg) => !arg.startsWith('--'));
  const sources = files.length > 0 ? sourcesOf(files) : checkedSources();
  if (args.includes('--means')) {
    console.log('words in a sentence, sentences, page');
    for (const line of means(sources)) console.log(line);
  }
  for (const { file, line, message, rule } of findInWords(sources)) {
    console.log(`${file}:${line}: ${message} [${rule}]`);
    process.exitCode = 1;
  }
}
