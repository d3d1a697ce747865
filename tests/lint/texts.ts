import { type Comment, type Node, parse as parseLua } from 'luaparse';
import { SyntaxKind } from 'typescript/unstable/ast';
import { createScanner } from 'typescript/unstable/ast/scanner';

/** Something that a person reads: a paragraph, a comment, a line that a program prints. */
export interface Text {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly kind: 'paragraph' | 'heading' | 'cell' | 'comment' | 'printed';
  /** Lines as the file has them; what is no prose is replaced by one of the words below. */
  readonly text: string;
}

/** In place of code between backquotes; of a file's name there; of a value that a program puts in. */
export const CODE = '`…`';
export const FILE = '`….log`';
const VALUE = '…';

/** A string is read as a sentence if it has this number of words in a row. */
const LEAST_WORDS = 3;

/** The comments of a program, and the sentences that it prints. */
export function* textsOfProgram(source: string, of: { printed: boolean }): Generator<Text> {
  const comments: Line[] = [];
  const strings: Text[] = [];
  for (const { kind, line, text, aside, plus } of tokensOf(source)) {
    const last = strings.at(-1);
    if (kind === 'comment') comments.push(...linesOf(line, text, aside));
    else if (plus && last) strings[strings.length - 1] = { ...last, text: last.text + text };
    else strings.push({ line, kind: 'printed', text });
  }
  yield* paragraphs(comments);
  if (of.printed) for (const one of strings) yield* printed(one);
}

interface StringOrComment {
  readonly kind: 'string' | 'comment';
  readonly line: number;
  readonly text: string;
  /** Whether it is a comment that follows code on its line. */
  readonly aside: boolean;
  /** Whether it is added to the string before it. */
  readonly plus: boolean;
}

/** After one of these a slash divides. */
const VALUES = new Set([
  ...[SyntaxKind.Identifier, SyntaxKind.NumericLiteral, SyntaxKind.StringLiteral, SyntaxKind.ThisKeyword],
  ...[SyntaxKind.CloseParenToken, SyntaxKind.CloseBracketToken, SyntaxKind.CloseBraceToken],
  ...[SyntaxKind.NoSubstitutionTemplateLiteral, SyntaxKind.TemplateTail, SyntaxKind.BigIntLiteral],
]);
const COMMENTS = new Set([SyntaxKind.SingleLineCommentTrivia, SyntaxKind.MultiLineCommentTrivia]);
const BLANKS = new Set([SyntaxKind.WhitespaceTrivia, SyntaxKind.NewLineTrivia]);
const STRINGS = new Set([SyntaxKind.StringLiteral, SyntaxKind.NoSubstitutionTemplateLiteral]);

/** The strings and comments of TypeScript, in order. */
function* tokensOf(source: string): Generator<StringOrComment> {
  const scanner = createScanner(false, undefined, source);
  const lineAt = lineFinder(source);
  /** The templates around this place, and the braces that are open in the value of each. */
  const templates: { start: number; text: string; plus: boolean; braces: number }[] = [];
  /** The last two that are neither blank nor comment. */
  let before = SyntaxKind.Unknown;
  let last = SyntaxKind.Unknown;
  for (let token = scanner.scan(); token !== SyntaxKind.EndOfFile; token = scanner.scan()) {
    const start = scanner.getTokenStart();
    if (COMMENTS.has(token))
      yield {
        kind: 'comment',
        line: lineAt(start),
        text: scanner.getTokenText(),
        aside: isAside(source, start),
        plus: false,
      };
    if (COMMENTS.has(token) || BLANKS.has(token)) continue;
    if ((token === SyntaxKind.SlashToken || token === SyntaxKind.SlashEqualsToken) && !VALUES.has(last))
      token = scanner.reScanSlashToken();
    const plus = last === SyntaxKind.PlusToken && (STRINGS.has(before) || before === SyntaxKind.TemplateTail);
    const around = templates.at(-1);
    if (STRINGS.has(token)) {
      yield { kind: 'string', line: lineAt(start), text: scanner.getTokenValue(), aside: false, plus };
    } else if (token === SyntaxKind.TemplateHead) {
      templates.push({ start, text: scanner.getTokenValue() + VALUE, plus, braces: 0 });
    } else if (around && token === SyntaxKind.OpenBraceToken) {
      around.braces += 1;
    } else if (around && token === SyntaxKind.CloseBraceToken && around.braces > 0) {
      around.braces -= 1;
    } else if (around && token === SyntaxKind.CloseBraceToken) {
      token = scanner.reScanTemplateToken(false);
      around.text += scanner.getTokenValue();
      if (token === SyntaxKind.TemplateMiddle) {
        around.text += VALUE;
      } else {
        templates.pop();
        yield {
          kind: 'string',
          line: lineAt(around.start),
          text: around.text,
          aside: false,
          plus: around.plus,
        };
      }
    }
    before = last;
    last = token;
  }
}

/** The comments of a script of sh, awk, and what it prints: its strings and here-documents. */
export function* textsOfScript(source: string): Generator<Text> {
  const comments: Line[] = [];
  const strings: Text[] = [];
  readShell(source, 0, lineFinder(source), '', comments, strings);
  yield* paragraphs(comments);
  for (const one of strings) yield* printed(one);
}

/**
 * Reads from a place up to the character that ends the part, and returns where that is. What is quoted in a value that is
 * put into a string is a string too.
 */
function readShell(
  source: string,
  from: number,
  lineAt: (at: number) => number,
  end: string,
  comments: Line[],
  strings: Text[],
): number {
  let open = 0;
  for (let at = from; at < source.length; at += 1) {
    const char = source[at]!;
    const rest = source.slice(at);
    const document = /^<<-?(['"]?)(\w+)\1/.exec(rest);
    if (char === '\\') {
      at += 1;
    } else if (char === '#' && /^$|[\s;(]/.test(source[at - 1] ?? '')) {
      const text = /^.*/.exec(rest)![0];
      comments.push(...linesOf(lineAt(at), text, isAside(source, at)));
      at += text.length - 1;
    } else if (char === "'") {
      const close = source.indexOf("'", at + 1);
      strings.push({ line: lineAt(at), kind: 'printed', text: source.slice(at + 1, close) });
      at = close < 0 ? source.length : close;
    } else if (char === '"') {
      at = readQuoted(source, at, lineAt, comments, strings);
    } else if (document) {
      const body = at + rest.indexOf('\n') + 1;
      const close = source.slice(body).search(new RegExp(`^\\s*${document[2]}$`, 'm'));
      if (close < 0) continue;
      const text = source.slice(body, body + close).replaceAll(/\$\{[^}]*\}|\$\([^)]*\)|\$\w+/g, VALUE);
      for (const [index, one] of text.split('\n').entries())
        strings.push({ line: lineAt(body) + index, kind: 'printed', text: one });
      // The rest of this line is read as what it is, and then the lines of the document are passed over.
      readShell(source.slice(0, body), at + document[0].length, lineAt, '', comments, strings);
      at = body + close;
    } else if (char === '(') {
      open += 1;
    } else if (char === end && open === 0) {
      return at;
    } else if (char === ')') {
      open = Math.max(0, open - 1);
    }
  }
  return source.length;
}

/** Reads a string in double quotes, and returns where it ends. */
function readQuoted(
  source: string,
  from: number,
  lineAt: (at: number) => number,
  comments: Line[],
  strings: Text[],
): number {
  let text = '';
  let at = from + 1;
  for (; at < source.length && source[at] !== '"'; at += 1) {
    const value = /^\$(?:\{[^}]*\}|[\w@*#?$!-])\w*/.exec(source.slice(at, at + 200));
    if (source[at] === '\\') {
      at += 1;
      text += source[at];
    } else if (source.startsWith('$(', at)) {
      at = readShell(source, at + 2, lineAt, ')', comments, strings);
      text += VALUE;
    } else if (value) {
      at += value[0].length - 1;
      text += VALUE;
    } else {
      text += source[at];
    }
  }
  strings.push({ line: lineAt(from), kind: 'printed', text });
  return at;
}

/** The comments of the dissector, and what it shows. */
export function* textsOfLua(source: string): Generator<Text> {
  const strings: Text[] = [];
  const tree = parseLua(source, {
    luaVersion: '5.2',
    comments: true,
    locations: true,
    onCreateNode: (node: Node) => {
      if (node.type !== 'StringLiteral') return;
      const text = node.raw.replace(/^(['"]|\[\[)|(['"]|\]\])$/g, '');
      strings.push({ line: node.loc?.start.line ?? 1, kind: 'printed', text });
    },
  });
  // As the parser has them; its types say nothing of where they are.
  const comments = tree.comments as unknown as readonly (Comment & {
    loc: { start: { line: number; column: number } };
  })[];
  yield* paragraphs(
    comments.flatMap(({ value, loc }) => linesOf(loc.start.line, `--${value}`, loc.start.column > 0)),
  );
  for (const one of strings) yield* printed(one);
}

/** The comments of a file in which each begins with #, and the helps and errors of a Makefile. */
export function* textsOfSettings(source: string): Generator<Text> {
  const lines = source.split('\n');
  const comments = lines.flatMap((text, index) => {
    const comment = /^\s*(#(?!#).*)$|\s(# .*)$/.exec(text);
    return comment ? linesOf(index + 1, comment[1] ?? comment[2]!, !comment[1]) : [];
  });
  yield* paragraphs(comments);
  for (const [index, text] of lines.entries()) {
    const shown = /^[\w -]+:.*## (.*?)(?: \[[A-Z].*\])?$/.exec(text)?.[1] ?? /\$\(error (.*)/.exec(text)?.[1];
    if (shown)
      yield* printed({ line: index + 1, kind: 'printed', text: shown.replaceAll(/\$\(.*?\)+/g, VALUE) });
  }
}

/** A line of a comment. */
interface Line {
  readonly line: number;
  readonly text: string;
  /** Whether it follows code on its line. */
  readonly aside: boolean;
}

/** The lines of a comment without what makes them one. */
function linesOf(first: number, comment: string, aside: boolean): Line[] {
  return comment.split('\n').map((line, index) => ({
    line: first + index,
    aside,
    text: line
      .replace(/^\s*(?:\/\*\*?|\/\/|\*\/|\*|#!.*|#+|--+(?:\[\[)?)/, '')
      .replace(/\s*\*\/$/, '')
      .replace(/^ /, ''),
  }));
}

/** What belongs to a program that reads the comment. */
const ORDERS = /^(?:biome-ignore\S* \S+:|shellcheck .*|syntax=.*)/;

/** Puts lines that follow each other together. A tag or a bullet begins anew, what is indented is no prose. */
function* paragraphs(lines: readonly Line[]): Generator<Text> {
  let first = 0;
  let last = 0;
  let text = '';
  let fenced = false;
  let grammar = false;
  for (const { line, text: whole, aside } of lines) {
    const one = whole.replace(ORDERS, '');
    const begins = aside || line !== last + 1 || /^(?:@|- |\* |\d+\. )/.test(one);
    if (text !== '' && (begins || one.trim() === '')) {
      yield { line: first, kind: 'comment', text: proseIn(text) };
      text = '';
    }
    // What follows one that is aside begins anew too.
    last = aside ? 0 : line;
    if (one.startsWith('```')) fenced = !fenced;
    // A rule of a grammar, and what follows it, is no sentence.
    if (/^[a-z][\w-]* += /.test(one)) grammar = true;
    if (one.trim() === '') grammar = false;
    if (fenced || grammar || one.trim() === '' || /^(?: {3}|```)/.test(one)) continue;
    if (text === '') first = line;
    text += `${text === '' ? '' : '\n'}${one.replace(/^@(?:param \S+|\w+)|^- /, '').trim()}`;
  }
  if (text !== '') yield { line: first, kind: 'comment', text: proseIn(text) };
}

/** A line that a program prints, unless it is something else: a name, a path, code. */
function* printed({ line, kind, text }: Text): Generator<Text> {
  const prose = proseIn(text.replaceAll(/<\/?[a-z][^>]*>/g, ' '));
  // The lines of a page are one text, and those of a terminal are not.
  const parts = prose === proseIn(text) ? prose.split('\n') : [prose];
  for (const [index, part] of parts.entries())
    if (isSentence(part)) yield { line: line + index, kind, text: part };
}

function proseIn(text: string): string {
  return text
    .replaceAll(/\{@link [^}]*\}/g, CODE)
    .replaceAll(/`[^`\n]*`/g, (code) => (/\.(log|json|pcap|pcapng)`$/.test(code) ? FILE : CODE));
}

function isSentence(text: string): boolean {
  if (/[{}]|=>|==|&&|\|\||\$\d|^\s*[.#@]?[\w-]+\s*\{|;\s*$/.test(text)) return false;
  let inRow = 0;
  for (const word of text.split(/\s+/)) {
    if (word.includes(VALUE)) continue;
    inRow = /^[("'“]?[A-Za-z][a-z'’-]*[.,;:!?)"'”]*$/.test(word) ? inRow + 1 : 0;
    if (inRow >= LEAST_WORDS) return true;
  }
  return false;
}

function isAside(source: string, at: number): boolean {
  return source.slice(source.lastIndexOf('\n', at - 1) + 1, at).trim() !== '';
}

function lineFinder(source: string): (at: number) => number {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return (at) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
