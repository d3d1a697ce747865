import type { Layer } from '../../contract.ts';
import { contains } from './bytes.ts';

/** A layer that can be seen in the tree. */
export interface Branch {
  readonly layer: Layer;
  /** The place of each ancestor and of itself among their siblings: `0.2.1`. */
  readonly path: string;
  /** From 1. */
  readonly depth: number;
  readonly isOpen: boolean;
  readonly position: number;
  readonly siblings: number;
}

/** Layers that are shown at once, at most. */
const MOST = 2_000;

/** The layers that are to be seen, from above. */
export function branchesOf(layers: readonly Layer[], open: ReadonlySet<string>): readonly Branch[] {
  const found: Branch[] = [];
  const add = (list: readonly Layer[], before: string, depth: number) => {
    for (const [index, layer] of list.entries()) {
      if (found.length >= MOST) return;
      const path = before === '' ? String(index) : `${before}.${index}`;
      const isOpen = layer.layers.length > 0 && open.has(path);
      found.push({ layer, path, depth, isOpen, position: index + 1, siblings: list.length });
      if (isOpen) add(layer.layers, path, depth + 1);
    }
  };
  add(layers, '', 1);
  return found;
}

/** The deepest layer that a byte belongs to, and all paths on the way there. */
export function layerOfByte(
  layers: readonly Layer[],
  source: number,
  byte: number,
): { readonly path: string; readonly ancestors: readonly string[] } | undefined {
  let best: { path: string; ancestors: readonly string[]; length: number } | undefined;
  const look = (list: readonly Layer[], ancestors: readonly string[]) => {
    for (const [index, layer] of list.entries()) {
      const path = [ancestors.at(-1), index].filter((part) => part !== undefined).join('.');
      const { at, length = 0 } = layer;
      const isHere = layer.source === source && at !== undefined && contains({ at, length }, byte);
      if (isHere && (best === undefined || length <= best.length)) best = { path, ancestors, length };
      look(layer.layers, [...ancestors, path]);
    }
  };
  look(layers, []);
  return best && { path: best.path, ancestors: best.ancestors };
}

/** A layer by its path. */
export function layerAt(layers: readonly Layer[], path: string): Layer | undefined {
  let [list, found] = [layers, undefined as Layer | undefined];
  for (const part of path.split('.')) {
    found = list[Number(part)];
    list = found?.layers ?? [];
  }
  return found;
}

/** The layer around one, by its path. */
export function parentOf(path: string): string | undefined {
  const end = path.lastIndexOf('.');
  return end < 0 ? undefined : path.slice(0, end);
}

/** What is open at first: the last layer, which is that of the application as a rule, unless it has very many fields. */
export function openedAtFirst(layers: readonly Layer[]): Set<string> {
  const last = layers.length - 1;
  const isApplication = last > 0 && layers[last]!.layers.length <= 24;
  return new Set(isApplication ? [String(last)] : []);
}
