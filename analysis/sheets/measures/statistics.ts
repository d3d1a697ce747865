import type { FrameValues } from '#analysis/capture/read-values.ts';
import type { FrameOf } from '../sheet/result.ts';
import type { statistics } from '../sheet/schema.ts';

type Statistic = (typeof statistics)[number];

interface Valued {
  readonly value: number;
  readonly number: number;
}

/** A statistic of the first field of frames, and the frames that show it; undefined when there are none. */
export function statisticOf(
  statistic: Statistic,
  found: readonly FrameValues[],
  capture: FrameOf['capture'],
): { readonly values: readonly string[]; readonly frames: readonly FrameOf[] } | undefined {
  const all = found
    .map(({ number, values }): Valued => ({ number, value: Number(values[0]!.split(' ', 1)[0]) }))
    .filter(({ value }) => !Number.isNaN(value));
  if (all.length === 0) return undefined;
  const shown = statistic === 'largest' || statistic === 'smallest' ? [extreme(statistic, all)] : all;
  const sum = shown.reduce((before, { value }) => before + value, 0);
  return {
    values: [String(statistic === 'mean' ? sum / shown.length : sum)],
    frames: shown.map(({ number }) => ({ capture, number })),
  };
}

function extreme(statistic: 'largest' | 'smallest', all: readonly Valued[]): Valued {
  const sign = statistic === 'largest' ? 1 : -1;
  return all.reduce((one, other) => (sign * (other.value - one.value) > 0 ? other : one));
}
