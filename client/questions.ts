import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

/** Where a person, or a pipe, says what the command line did not. */
export interface Questions {
  /** Asks for a line, empty at the end of the input; undefined where nobody sits at a terminal. */
  readonly ask: ((prompt: string) => Promise<string>) | undefined;
  /** The lines of a pipe. */
  readonly lines: AsyncIterable<string>;
}

export interface QuestionsParts {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
  readonly interrupted: AbortSignal;
  /** A terminal that is asked takes Ctrl-C for itself, and hands it on here. */
  readonly interrupt: () => void;
}

export function createQuestions({ input, output, interrupted, interrupt }: QuestionsParts): Questions {
  const ask = async (prompt: string) => {
    const terminal = createInterface({ input, output, terminal: true }).on('SIGINT', interrupt);
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    terminal.once('close', () => resolve(''));
    try {
      return await Promise.race([terminal.question(prompt, { signal: interrupted }), ended]);
    } finally {
      terminal.close();
    }
  };
  return {
    ask: input.isTTY ? ask : undefined,
    // Only when they are wanted: an open input keeps the process alive.
    lines: { [Symbol.asyncIterator]: () => createInterface({ input })[Symbol.asyncIterator]() },
  };
}
