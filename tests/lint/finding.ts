/** What a linter says of a place in a file. */
export type Finding = Readonly<{
  file: string;
  /** From 1. */
  line: number;
  /** What is wrong there, in the linter's words. */
  message: string;
  /** The name under which the linter's documentation has it. */
  rule: string;
}>;

/** Files of the project by their path from its root, and what they have in them. */
export type Sources = ReadonlyMap<string, string>;
