/** One thing that is measured. */
export interface Section {
  /** What the figures are, and how they came to be. */
  readonly title: string;
  /** Measures, and returns the figures. Everything it started has ended then, aborted or not. */
  run(signal: AbortSignal): Promise<Figures>;
}

export interface Figures {
  /** The figures as they are printed. */
  readonly text: string;
  /** What a baseline can hold. Figures of a single sample are not among them: they have no spread. */
  readonly ratios: readonly Ratio[];
}

export const directions = ['higher', 'lower'] as const;

/** A figure that depends on the programs more than on the machine, once for each round. */
export interface Ratio {
  readonly name: string;
  readonly better: (typeof directions)[number];
  readonly rounds: readonly number[];
}

/** Divides each round by the other one's of the same time, which had the same neighbours on the machine. */
export function ratio(
  name: string,
  better: Ratio['better'],
  own: readonly number[],
  other: readonly number[],
): Ratio {
  return { name, better, rounds: own.map((figure, round) => figure / other[round]!) };
}
