import { markupOf } from './markup.ts';

/*
 * The prose of a sheet as a tree, for a page that makes each element itself and never reads a text as HTML.
 */

/** The elements that prose can have. What is inside any other element is kept without it. */
export const proseTags = [
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'blockquote', 'pre', 'ul', 'ol', 'li', 'hr'],
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td', 'code', 'em', 'strong', 'a', 'br'],
] as const;
export type ProseTag = (typeof proseTags)[number];

/** A text, or an element. A link has its address. */
export type ProseNode = string | ProseElement;
export interface ProseElement {
  readonly tag: ProseTag;
  readonly href?: string | undefined;
  readonly nodes: readonly ProseNode[];
}

/** Prose in order, and the questions that it asks. */
export interface ProseSection {
  readonly nodes: readonly ProseNode[];
  readonly questions: readonly string[];
}

/** Characters that no text uses (Unicode, private use area). */
const [BEGIN, END] = ['\ue000', '\ue001'];
const MARK = /\ue000([^\ue001]*)\ue001/g;

/** What `proseWith` writes before the head of a question, so that `sectionsOf` finds it. */
export function markOf(question: string): string {
  return BEGIN + question + END;
}

/**
 * Cuts prose into sections. A question ends at the next question or heading.
 *
 * @param prose Markdown, with the marks of questions
 */
export function sectionsOf(prose: string): ProseSection[] {
  const sections: { nodes: ProseNode[]; questions: string[] }[] = [];
  for (const top of treeOf(markupOf(prose))) {
    if (typeof top === 'string' && top.trim() === '') continue;
    // Markup in the prose is a text outside of any element.
    const block: ProseElement = typeof top === 'string' ? { tag: 'p', nodes: [top.trim()] } : top;
    const questions: string[] = [];
    const node = withoutMarks(block, questions);
    const last = sections.at(-1);
    const begins = questions.length > 0 || (isHeading(block) && (last?.questions.length ?? 0) > 0);
    if (!last || begins) sections.push({ nodes: [node], questions });
    else last.nodes.push(node);
  }
  return sections;
}

function isHeading({ tag }: ProseElement): boolean {
  return /^h\d$/.test(tag);
}

/** Adds the questions whose marks are in a node to the list. */
function withoutMarks(node: ProseNode, questions: string[]): ProseNode {
  if (typeof node !== 'string')
    return { ...node, nodes: node.nodes.map((one) => withoutMarks(one, questions)) };
  return node.replaceAll(MARK, (_, question: string) => {
    questions.push(question);
    return '';
  });
}

/** A tag of what micromark writes, or the text up to the next tag. */
const PIECE = /<(?<end>\/?)(?<name>[a-z][a-z0-9]*)(?<attributes>(?:\s+[a-z-]+="[^"]*")*)\s*\/?>|[^<]+|</g;
const VOID: ReadonlySet<string> = new Set(['br', 'hr', 'img']);

interface OpenElement {
  readonly name: string;
  readonly href: string | undefined;
  readonly nodes: ProseNode[];
}

/** The tree of markup that micromark wrote. */
function treeOf(markup: string): ProseNode[] {
  const root: OpenElement = { name: '', href: undefined, nodes: [] };
  const open = [root];
  for (const { 0: piece, groups = {} } of markup.matchAll(PIECE)) {
    const { attributes = '', end, name } = groups;
    const parent = open.at(-1)!;
    if (name === undefined) parent.nodes.push(decoded(piece));
    else if (end === '/') close(open, name);
    else if (VOID.has(name)) parent.nodes.push(...voidOf(name, attributes));
    else open.push({ name, href: addressIn(attributes), nodes: [] });
  }
  while (open.length > 1) close(open, open.at(-1)!.name);
  return root.nodes;
}

function close(open: OpenElement[], name: string): void {
  if (open.length === 1 || open.at(-1)!.name !== name) return;
  const { href, nodes } = open.pop()!;
  const parent = open.at(-1)!;
  if (isProseTag(name)) parent.nodes.push({ tag: name, href, nodes });
  else parent.nodes.push(...nodes);
}

/** A picture is its description. */
function voidOf(name: string, attributes: string): ProseNode[] {
  if (isProseTag(name)) return [{ tag: name, nodes: [] }];
  return [attributeOf(attributes, 'alt')].filter((text) => text !== undefined);
}

function isProseTag(name: string): name is ProseTag {
  return (proseTags as readonly string[]).includes(name);
}

/** The address of a link to another server; the files beside a sheet have none here. */
function addressIn(attributes: string): string | undefined {
  const address = attributeOf(attributes, 'href');
  return address !== undefined && /^https?:\/\//.test(address) ? address : undefined;
}

function attributeOf(attributes: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1];
  return found === undefined ? undefined : decoded(found);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
};

/** micromark encodes these four characters and no other. */
function decoded(text: string): string {
  return text.replaceAll(/&(?:amp|lt|gt|quot);/g, (entity) => ENTITIES[entity]!);
}
