/** The size of a terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A shell on a terminal. */
export interface Shell {
  /** What is printed on the terminal, until its end. */
  output(): AsyncIterable<Buffer>;
  write(bytes: Buffer): Promise<void>;
  resize(size: Size): void;
  /** Its exit code, when it has ended. */
  readonly ended: Promise<number>;
  /** Ends it and its programs. */
  end(): void;
}
