/** One measurement. */
export interface Section {
  /** What the figures are, and how they are measured. */
  readonly title: string;
  /** Measures, and returns the figures. Everything that it started has then ended, also when aborted. */
  run(signal: AbortSignal): Promise<Figures>;
}

export interface Figures {
  /** The figures as printed. */
  readonly text: string;
  /** What a baseline keeps. Figures of a single sample are missing, because they have no spread. */
  readonly ratios: readonly Ratio[];
}

export const directions = ['higher', 'lower'] as const;

/** A figure that depends more on the programs than on the machine, once for each round. */
export interface Ratio {
  readonly name: string;
  readonly better: (typeof directions)[number];
  readonly rounds: readonly number[];
}

/** Divides each round by the other program's round at the same time, when the machine had the same load. */
export function ratio(
  name: string,
  better: Ratio['better'],
  own: readonly number[],
  other: readonly number[],
): Ratio {
  return { name, better, rounds: own.map((figure, round) => figure / other[round]!) };
}
