import type { FrameValues } from '#analysis/capture/read-values.ts';
import type { Frames } from '../sheet/schema.ts';
import type { Evidence } from './evidence.ts';

/** All frames that a sheet means, with the fields that are asked for. */
export async function framesOf(
  evidence: Evidence,
  frames: Frames,
  fields: readonly string[] = [],
): Promise<FrameValues[]> {
  const { after, same } = frames;
  if (after === undefined) return evidence.frames(frames, fields);
  const shared = same === undefined ? [] : [same];
  const [before, all] = await Promise.all([
    pickedOf(evidence, after, shared),
    evidence.frames(frames, [...shared, ...fields]),
  ]);
  if (before === undefined) return [];
  return all
    .filter(
      ({ number, values }) =>
        number > before.number && (same === undefined || values[0] === before.values[0]),
    )
    .map(({ number, values }) => ({ number, values: values.slice(shared.length) }));
}

/** The frame that a sheet picks; undefined when there is none. */
export async function pickedOf(
  evidence: Evidence,
  frames: Frames,
  fields: readonly string[] = [],
): Promise<FrameValues | undefined> {
  return picked(await framesOf(evidence, frames, fields), frames.pick);
}

/** The first, the last, or the n-th of a list. */
export function picked<Item>(list: readonly Item[], pick: 'first' | 'last' | number): Item | undefined {
  return pick === 'last' ? list.at(-1) : list[pick === 'first' ? 0 : pick - 1];
}
