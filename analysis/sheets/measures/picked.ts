/** The first, the last, or the n-th of a list. */
export function picked<Item>(list: readonly Item[], pick: 'first' | 'last' | number): Item | undefined {
  return pick === 'last' ? list.at(-1) : list[pick === 'first' ? 0 : pick - 1];
}
