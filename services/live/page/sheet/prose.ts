import type { ProseNode, ProseTag } from '../../contract.ts';
import { type Child, h } from '../dom.ts';

/** The page has a heading above those of a sheet. */
const HEADINGS = { h1: 'h2', h2: 'h3', h3: 'h4', h4: 'h5', h5: 'h6', h6: 'h6' } as const;
/** Elements that have elements only; between these, white space means nothing. */
const WITHOUT_TEXT: ReadonlySet<ProseTag> = new Set([
  'ul',
  'ol',
  'table',
  'thead',
  'tbody',
  'tr',
  'blockquote',
]);

/** The elements of prose. Each text is a text node. */
export function proseOf(nodes: readonly ProseNode[]): readonly Child[] {
  return nodes.map(childOf);
}

function childOf(node: ProseNode): Child {
  if (typeof node === 'string') return node.replaceAll(/\s+/g, ' ');
  const { href, nodes, tag } = node;
  if (tag === 'pre') return h('pre', {}, h('code', {}, ...linesOf(node)));
  if (tag === 'a') return linkOf(href, nodes);
  const own = WITHOUT_TEXT.has(tag)
    ? nodes.filter((one) => typeof one !== 'string' || one.trim() !== '')
    : nodes;
  return h(tag in HEADINGS ? HEADINGS[tag as keyof typeof HEADINGS] : tag, {}, ...proseOf(own));
}

/** A link to another server opens beside the page; a file beside the sheet can't be opened here. */
function linkOf(href: string | undefined, nodes: readonly ProseNode[]): HTMLElement {
  if (href === undefined) return h('span', {}, ...proseOf(nodes));
  return h('a', { href, target: '_blank', rel: 'noreferrer noopener' }, ...proseOf(nodes));
}

/** A line break would become visible in a text node, so each line has an element. */
function linesOf(node: ProseNode): readonly Child[] {
  const lines = textOf(node).replace(/\n$/, '').split('\n');
  return lines.map((line) => h('span', { class: 'code-line' }, line));
}

function textOf(node: ProseNode): string {
  return typeof node === 'string' ? node : node.nodes.map(textOf).join('');
}
