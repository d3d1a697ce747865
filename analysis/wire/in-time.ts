interface Slot<Item> {
  readonly at: number;
  item: Item | undefined;
}

/** At least this many empty slots are kept before the list is made anew. */
const FEW = 64;

/** Items in the order of a time each. Thousands may be in it, so all looks begin at a time and go on from there. */
export class InTime<Item> {
  #slots: Slot<Item>[] = [];
  readonly #bySelf = new Map<Item, Slot<Item>>();

  get size(): number {
    return this.#bySelf.size;
  }

  /** Adds an item, or moves it to another time. Among those of one time, it is the last. */
  put(item: Item, at: number): void {
    const known = this.#bySelf.get(item);
    if (known?.at === at) return;
    if (known) this.remove(item);
    const slot = { at, item };
    this.#bySelf.set(item, slot);
    const last = this.#slots.at(-1);
    if (!last || last.at <= at) this.#slots.push(slot);
    else this.#slots.splice(this.#after(at), 0, slot);
  }

  remove(item: Item): void {
    const slot = this.#bySelf.get(item);
    if (!slot) return;
    slot.item = undefined;
    this.#bySelf.delete(item);
    const empty = this.#slots.length - this.size;
    if (empty > FEW && empty > this.size) this.#slots = this.#slots.filter((one) => one.item !== undefined);
  }

  /** All, in order. */
  *all(): Generator<Item> {
    for (const { item } of this.#slots) if (item !== undefined) yield item;
  }

  /** Those up to a time, the latest first. */
  *upTo(time: number): Generator<Item> {
    for (let at = this.#after(time) - 1; at >= 0; at -= 1) {
      const { item } = this.#slots[at]!;
      if (item !== undefined) yield item;
    }
  }

  /** The nearest to a time first. */
  *around(time: number): Generator<Item> {
    const slots = this.#slots;
    let next = this.#after(time);
    let before = next - 1;
    while (before >= 0 || next < slots.length) {
      const isNext = before < 0 || (next < slots.length && slots[next]!.at - time < time - slots[before]!.at);
      const { item } = slots[isNext ? next : before]!;
      if (isNext) next += 1;
      else before -= 1;
      if (item !== undefined) yield item;
    }
  }

  /** The number of slots up to a time. */
  #after(time: number): number {
    let [from, to] = [0, this.#slots.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#slots[middle]!.at <= time) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** The first `most` of what may be thousands. */
export function* first<Item>(most: number, items: Iterable<Item>): Generator<Item> {
  let left = most;
  for (const item of items) {
    if (left === 0) return;
    left -= 1;
    yield item;
  }
}
