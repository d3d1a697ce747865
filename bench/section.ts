/** One thing that is measured. */
export interface Section {
  /** What the figures are, and how they came to be. */
  readonly title: string;
  /** Measures, and returns the figures as they are printed. Everything it started has ended then, aborted or not. */
  run(signal: AbortSignal): Promise<string>;
}
