import type { Seen } from './captures.ts';

/** The same datagrams in the captures of both ends. */
export interface Crossing {
  readonly sent: readonly Seen[];
  readonly arrived: readonly Seen[];
}

/** How many consecutive datagrams were lost each time. */
export function lossRuns({ sent, arrived }: Crossing): number[] {
  const known = new Set(arrived.map(({ number }) => number));
  const runs: number[] = [];
  let run = 0;
  for (const { number } of sent) {
    if (!known.has(number)) run += 1;
    else if (run > 0) {
      runs.push(run);
      run = 0;
    }
  }
  return run > 0 ? [...runs, run] : runs;
}

/** How long each datagram took when it first arrived, in ms. */
export function delays({ sent, arrived }: Crossing): number[] {
  const times = new Map(sent.map(({ number, time }) => [number, time]));
  const taken: number[] = [];
  for (const { number, time } of arrived) {
    const left = times.get(number);
    if (left !== undefined) taken.push(time - left);
    times.delete(number);
  }
  return taken;
}

/** How many arrived once more. */
export function copies({ arrived }: Crossing): number {
  return arrived.length - new Set(arrived.map(({ number }) => number)).size;
}

/** How many arrived after one that had left later. */
export function overtaken({ arrived }: Crossing): number {
  let latest = -1;
  let count = 0;
  for (const { number } of arrived) {
    if (number < latest) count += 1;
    latest = Math.max(latest, number);
  }
  return count;
}

/** How many arrived with other bytes, and how many bits differ in all. */
export function flipped({ sent, arrived }: Crossing): { readonly packets: number; readonly bits: number } {
  const payloads = new Map(sent.map(({ number, payload }) => [number, payload]));
  const counts = arrived
    .map(({ number, payload }) => differingBits(payloads.get(number), payload))
    .filter((bits) => bits > 0);
  return { packets: counts.length, bits: counts.reduce((sum, bits) => sum + bits, 0) };
}

function differingBits(one: Buffer | undefined, other: Buffer): number {
  if (!one || one.equals(other)) return 0;
  let count = 0;
  for (const [at, byte] of one.entries()) {
    for (let bits = byte ^ (other[at] ?? 0); bits > 0; bits >>= 1) count += bits & 1;
  }
  return count;
}

/** Bits of frames per second, from the first departure to the last. */
export function rateOf({ arrived }: Crossing): number {
  const [first, last] = [arrived.at(0), arrived.at(-1)];
  if (!first || !last) return Number.NaN;
  const bytes = arrived.reduce((sum, one) => sum + one.bytes, -first.bytes);
  return (bytes * 8 * 1_000) / (last.time - first.time);
}

/** The mean, and by how much figures differ from it (standard deviation). */
export function moments(figures: readonly number[]): { readonly mean: number; readonly spread: number } {
  const mean = figures.reduce((sum, one) => sum + one, 0) / figures.length;
  const variance = figures.reduce((sum, one) => sum + (one - mean) ** 2, 0) / figures.length;
  return { mean, spread: Math.sqrt(variance) };
}

const BARS = '▁▂▃▄▅▆▇█';

/** A bar for each of these parts of a range, as high as its share of the figures. */
export function histogram(figures: readonly number[], from: number, to: number, parts = 12): string {
  const counts = Array.from({ length: parts }, () => 0);
  for (const figure of figures) {
    const part = Math.floor(((figure - from) / (to - from)) * parts);
    counts[Math.min(parts - 1, Math.max(0, part))]! += 1;
  }
  const most = Math.max(1, ...counts);
  return counts.map((count) => BARS[Math.round((count / most) * (BARS.length - 1))]).join('');
}
