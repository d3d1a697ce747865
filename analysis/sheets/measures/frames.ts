import type { FrameValues } from '#analysis/capture/read-values.ts';
import type { Frames } from '../sheet/schema.ts';
import type { Evidence } from './evidence.ts';

/** All frames that a sheet means, with the fields that are asked for. */
export async function framesOf(
  evidence: Evidence,
  frames: Frames,
  fields: readonly string[] = [],
): Promise<FrameValues[]> {
  const { after, before, same } = frames;
  if (!after && !before) return evidence.frames(frames, fields);
  const shared = same === undefined ? [] : [same];
  const [from, to] = await Promise.all(
    [after, before].map((one) => (one ? pickedOf(evidence, one, shared) : undefined)),
  );
  if ((after && !from) || (before && !to)) return [];
  // tshark prints a field once, however often it is asked for.
  const own = fields.filter((field) => !shared.includes(field));
  const all = await evidence.frames(frames, [...shared, ...own]);
  const isShared = (values: readonly string[]) =>
    [from, to].every((one) => same === undefined || one === undefined || one.values[0] === values[0]);
  return all
    .filter(({ number }) => number > (from?.number ?? 0) && number < (to?.number ?? Number.POSITIVE_INFINITY))
    .filter(({ values }) => isShared(values))
    .map(({ number, values }) => ({
      number,
      values: fields.map((field) => values[[...shared, ...own].indexOf(field)]!),
    }));
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
