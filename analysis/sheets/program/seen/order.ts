import type { FrameRef } from '#analysis/capture/frames.ts';

/** Sorted by the number of the frame; of one frame in the order as given. */
export function framesLater<Item extends { readonly frame: FrameRef }>(items: readonly Item[]): Item[] {
  return items.toSorted((one, other) => one.frame.number - other.frame.number);
}
