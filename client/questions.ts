import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Where a person, or a pipe, says what the command line did not. */
export interface Questions {
  /** Asks for a line, empty at the end of the input; undefined where nobody sits at a terminal. */
  readonly ask: ((prompt: string) => Promise<string>) | undefined;
  /** The lines of a pipe. */
  readonly lines: AsyncIterable<string>;
  /** To be called when there are no more questions: an open input keeps the process alive. */
  close(): void;
}

export interface QuestionsParts {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
  /** Ends the lines. */
  readonly interrupted: AbortSignal;
  /** A terminal that is asked takes Ctrl-C for itself, and hands it on here. */
  readonly interrupt: () => void;
}

export function createQuestions({ input, output, interrupted, interrupt }: QuestionsParts): Questions {
  // One reader for all questions, begun at the first: it keeps the lines that were typed ahead.
  let reader: { readonly lines: AsyncIterator<string>; readonly prompt: (text: string) => void } | undefined;
  let close = () => {};

  function read(options: { readonly output?: Writable; readonly terminal?: boolean }) {
    const terminal = createInterface({ input, signal: interrupted, ...options }).on('SIGINT', interrupt);
    close = () => terminal.close();
    const prompt = (text: string) => {
      terminal.setPrompt(text);
      terminal.prompt();
    };
    return { lines: terminal[Symbol.asyncIterator](), prompt };
  }

  async function ask(question: string): Promise<string> {
    reader ??= read({ output, terminal: true });
    reader.prompt(question);
    const { value } = await reader.lines.next();
    interrupted.throwIfAborted();
    return value ?? '';
  }

  return {
    ask: input.isTTY ? ask : undefined,
    lines: { [Symbol.asyncIterator]: () => read({}).lines },
    close: () => close(),
  };
}
