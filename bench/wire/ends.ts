/** Where a command runs: the end that sends, or the one that receives. */
export type End = 'near' | 'far';

/** Two ends and a way between them. Both ends capture, and an iperf3 receives at the far one. */
export interface Ends {
  /** The address of the far end. */
  readonly far: string;
  /** The port of iperf3 there. */
  readonly port: string;
  /** The files of the captures. */
  readonly captures: Readonly<Record<End, string>>;
  /** Runs a command at an end, and returns what it printed. */
  at(end: End, command: readonly string[], signal: AbortSignal, options?: readonly string[]): Promise<string>;
}
