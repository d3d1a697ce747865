/** A binary heap of what is due at a time. What is due at the same time leaves in the order in which it came. */
export class Schedule<Item> {
  readonly #heap: (Placed & { readonly item: Item })[] = [];
  #added = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the first item is due. Undefined when there is none. */
  get next(): number | undefined {
    return this.#heap[0]?.due;
  }

  add(due: number, item: Item): void {
    const heap = this.#heap;
    this.#added += 1;
    const added = { due, order: this.#added, item };
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(added, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = added;
  }

  /** Takes the first item out if it is due. */
  take(now: number): Item | undefined {
    const heap = this.#heap;
    const [first] = heap;
    if (!first || first.due > now) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) this.#sink(last);
    return first.item;
  }

  #sink(moved: Placed & { readonly item: Item }): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, moved)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
  }
}

interface Placed {
  readonly due: number;
  readonly order: number;
}

function isBefore(one: Placed, other: Placed): boolean {
  return one.due < other.due || (one.due === other.due && one.order < other.order);
}
