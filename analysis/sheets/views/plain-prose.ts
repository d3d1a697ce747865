import type { ProseElement, ProseNode, ProseSection } from './prose-tree.ts';

/** A run of characters; code is shown in a monospaced font. */
export interface Piece {
  readonly text: string;
  readonly isCode: boolean;
}

export const blockKinds = ['text', 'item', 'code'] as const;

/** A paragraph, an item of a list, or lines of a terminal. */
export interface Block {
  readonly kind: (typeof blockKinds)[number];
  readonly pieces: readonly Piece[];
}

/** The text of each question, by its id: the prose of its section without markup. */
export function plainTexts(sections: readonly ProseSection[]): Map<string, readonly Block[]> {
  return new Map(
    sections.flatMap(({ nodes, questions }) => {
      const blocks = nodes.flatMap((node) => blocksIn(node, 'text'));
      return questions.map((question) => [question, blocks] as const);
    }),
  );
}

/** Elements that have blocks inside. Everything else is a block. */
const CONTAINERS: ReadonlySet<string> = new Set(['ul', 'ol', 'blockquote', 'table', 'thead', 'tbody']);

function blocksIn(node: ProseNode, kind: Block['kind']): Block[] {
  if (typeof node === 'string') return blockOf(kind, [node]);
  if (node.tag === 'pre') return blockOf('code', node.nodes);
  if (CONTAINERS.has(node.tag)) return node.nodes.flatMap((inside) => blocksIn(inside, kind));
  if (node.tag !== 'li') return blockOf(kind, node.nodes);
  const ofItem = node.nodes.filter((inside) => !isBlock(inside));
  const others = node.nodes.filter(isBlock);
  return [...blockOf('item', ofItem), ...others.flatMap((inside) => blocksIn(inside, 'item'))];
}

function isBlock(node: ProseNode): node is ProseElement {
  return typeof node !== 'string' && (CONTAINERS.has(node.tag) || node.tag === 'p' || node.tag === 'pre');
}

/** One block, or none when there is nothing to read in it. */
function blockOf(kind: Block['kind'], nodes: readonly ProseNode[]): Block[] {
  const pieces = nodes.flatMap((node) => piecesIn(node, false)).reduce<Piece[]>(joined, []);
  const shown = pieces.map((piece) =>
    kind === 'code' ? { ...piece, isCode: false } : { ...piece, text: piece.text.replaceAll(/\s+/g, ' ') },
  );
  return shown.some(({ text }) => text.trim() !== '') ? [{ kind, pieces: trimmed(shown) }] : [];
}

function piecesIn(node: ProseNode, isCode: boolean): Piece[] {
  if (typeof node === 'string') return [{ text: node, isCode }];
  if (node.tag === 'br') return [{ text: ' ', isCode }];
  return node.nodes.flatMap((one) => piecesIn(one, isCode || node.tag === 'code'));
}

function joined(pieces: readonly Piece[], next: Piece): Piece[] {
  const last = pieces.at(-1);
  if (last?.isCode !== next.isCode) return [...pieces, next];
  return [...pieces.slice(0, -1), { ...last, text: last.text + next.text }];
}

function trimmed(pieces: readonly Piece[]): Piece[] {
  return pieces
    .map(({ text, isCode }, at) => {
      const begun = at === 0 ? text.trimStart() : text;
      return { text: at === pieces.length - 1 ? begun.trimEnd() : begun, isCode };
    })
    .filter(({ text }) => text !== '');
}
