import { lint } from 'markdownlint/sync';
import { CODE, FILE, type Text } from './texts.ts';

/** A link or a picture of a page. */
export interface Link {
  /** From 1. */
  readonly line: number;
  /** As the page has it, such as `../README.md#more`. */
  readonly target: string;
}

/** A page of Markdown, read by the parser that markdownlint brings. */
export interface Page {
  /** Its prose, without blocks of code. */
  readonly texts: readonly Text[];
  readonly links: readonly Link[];
  /** What may follow `#` in a link to it, by GitHub's rules. */
  readonly anchors: ReadonlySet<string>;
}

/** A part of a page, as micromark has it. */
interface Token {
  readonly type: string;
  readonly startLine: number;
  readonly text: string;
  readonly children: readonly Token[];
}

export function readPage(text: string): Page {
  const tokens = tokensOf(text);
  const all = [...descendants(tokens)];
  return {
    texts: [...textsOf(tokens)],
    links: all.flatMap((token) => [...linksOf(token)]),
    anchors: anchorsOf(all),
  };
}

/** The tokens of the only parser that is a dependency: it hands them to a rule. */
function tokensOf(text: string): readonly Token[] {
  let tokens: readonly Token[] = [];
  lint({
    strings: { page: text },
    config: { default: false, reader: true },
    customRules: [
      {
        names: ['reader'],
        description: 'takes the tokens',
        tags: ['tokens'],
        parser: 'micromark',
        function: ({ parsers }) => {
          tokens = parsers.micromark.tokens;
        },
      },
    ],
  });
  return tokens;
}

function* descendants(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token;
    yield* descendants(token.children);
  }
}

/** The kinds of token that have prose in them. */
const PROSE: Readonly<Record<string, Text['kind']>> = {
  paragraph: 'paragraph',
  atxHeadingText: 'heading',
  setextHeadingText: 'heading',
};

function* textsOf(tokens: readonly Token[]): Generator<Text> {
  for (const token of tokens) {
    const kind = PROSE[token.type];
    if (token.type === 'table') yield* cellsOf(token);
    else if (kind) yield { line: token.startLine, kind, text: proseOf(token) };
    else yield* textsOf(token.children);
  }
}

/** The cells of a table. A column with the head "not" lists words that must not be written. */
function* cellsOf(table: Token): Generator<Text> {
  let heads: readonly string[] = [];
  for (const row of descendants([table])) {
    if (row.type !== 'tableRow') continue;
    const cells = row.children.filter(({ type }) => type === 'tableHeader' || type === 'tableData');
    const texts = cells.map((cell) => proseOf(cell).replaceAll('|', ' ').trim());
    if (cells[0]?.type === 'tableHeader') heads = texts;
    for (const [at, text] of texts.entries())
      if (text !== '' && heads[at] !== 'not') yield { line: row.startLine, kind: 'cell', text };
  }
}

/** Without code, which becomes one word, and without the targets of links. */
function proseOf({ type, text, children }: Token): string {
  if (type === 'codeText') return /\.(log|json|jsonl|pcap|pcapng|html|keys)`$/.test(text) ? FILE : CODE;
  if (type === 'autolink') return CODE;
  if (UNREAD.has(type)) return '';
  return children.length === 0 ? text : children.map(proseOf).join('');
}
const UNREAD = new Set(
  `resource reference htmlText labelMarker labelImageMarker emphasisSequence strongSequence listItemIndent
   blockQuotePrefix linePrefix escapeMarker`.split(/\s+/),
);

function* linksOf({ type, startLine: line, text, children }: Token): Generator<Link> {
  if (type === 'resourceDestinationString' || type === 'definitionDestinationString')
    yield { line, target: text };
  if (type === 'autolink') yield { line, target: text.slice(1, -1) };
  if (
    (type === 'htmlText' || type === 'htmlFlow') &&
    children.every((child) => !/^html(Text|Flow)$/.test(child.type))
  )
    for (const [, target = ''] of text.matchAll(/\b(?:href|src|srcset)="([^"]*)"/g)) yield { line, target };
}

/** The text that a reader sees, with that of code in it. */
function shownIn({ type, text, children }: Token): string {
  if (type === 'codeTextSequence' || (type !== 'codeText' && UNREAD.has(type))) return '';
  return children.length === 0 ? text : children.map(shownIn).join('');
}

function anchorsOf(tokens: readonly Token[]): Set<string> {
  const anchors = new Set<string>();
  for (const token of tokens) {
    if (/^(atx|setext)HeadingText$/.test(token.type)) {
      const slug = slugOf(shownIn(token));
      let name = slug;
      for (let again = 1; anchors.has(name); again += 1) name = `${slug}-${again}`;
      anchors.add(name);
    }
    if (token.type === 'htmlText' || token.type === 'htmlFlow')
      for (const [, name = ''] of token.text.matchAll(/<\w+[^>]*\b(?:id|name)="([^"]*)"/g)) anchors.add(name);
  }
  return anchors;
}

/** What GitHub makes of a heading: lower case, no punctuation, a hyphen for each blank. */
export function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}
